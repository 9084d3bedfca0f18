"""A real worker or scheduler process with handlers for tests: ``python -m tests.jobs.worker_app worker|scheduler``.

``noted`` writes a line before and after, so that a test sees what was begun and never ended; the row it makes is
written with the mark "done".
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import config
from app import create_app
from app.core import jobs, queue
from app.core.outbox import Job, handles
from app.core.settings import Setting


@handles("noted")
def noted(job: Job) -> None:
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(f"begin {job.id} {job.attempt} {os.getpid()}\n")
        notes.flush()
        time.sleep(job["seconds"] if job.attempt == 1 else 0)
        with job.finish() as session:
            session.add(Setting(key=f"made-{job.id}-{job.attempt}", value="1"))
        notes.write(f"end {job.id} {job.attempt}\n")


if __name__ == "__main__":
    # A lease shorter than an office may set, so that tests need not wait for it.
    app = create_app(config.load(), JOB_LEASE=1.5)
    {"worker": queue.work, "scheduler": jobs.schedule}[sys.argv[1]](app)
