"""The whole program as it runs in an office, for tests that drive a browser: ``run.py`` with the demo company, a folder
and a port of its own, a real queue and a real mail server."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import config
from tests.mailserver import Mailbox
from tests.system.test_running import PROGRAM, SLOW_START, eventually, free_port, health, processes_of


class Portal:
    """One running portal. ``begin()`` may be called early: the demo company is made while other tests run."""

    made: Path | None = None  # the folder of a demo company as it was made, for the next portal on SQLite

    def __init__(self, folder: Path, mailbox: Mailbox, database_url: str = "") -> None:
        self.folder, self.mailbox, self.port = folder, mailbox, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url or f"sqlite:///{folder / 'aftercare.db'}"
        self.engine = sa.create_engine(self.database_url, poolclass=sa.NullPool)
        self.output = folder.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None
        self._first: subprocess.Popen[bytes] | None = None

    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "QUEUE_URL")}
        return {
            **kept,
            "VAR_DIR": str(self.folder),
            "ENV_FILE": str(self.folder / ".env"),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "DEMO": "1",
            "MAIL_URL": self.mailbox.url,
            "SWEEP_SECONDS": "1",
            "JOB_LEASE": "5",
            "LOGIN_RATE": "1000 per minute",
        }

    def _program(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, PROGRAM, *arguments],
                env=self._environment(),
                stdout=output,
                stderr=output,
                cwd=config.ROOT,
            )

    def begin(self) -> None:
        """Make the database and the demo company, in a process of its own."""
        if self._first is None and Portal.made and self.database_url.startswith("sqlite"):
            shutil.copytree(Portal.made, self.folder, dirs_exist_ok=True)
        self._first = self._first or self._program("init")

    def start(self) -> None:
        """Start everything and wait until it is well.

        The schedule rests until a test's administrator wakes it: what is due at this hour of a real clock must not come
        between. Nor do the notices of contracts that end this month, which keep a worker busy for half a minute.
        """
        self.begin()
        assert self._first is not None
        assert self._first.wait(SLOW_START) == 0, self.log()
        if Portal.made is None and self.database_url.startswith("sqlite"):
            Portal.made = self.folder.with_name("made")
            shutil.copytree(self.folder, Portal.made)
        yesterday = datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=1)
        self.change("UPDATE schedule_entry SET active = :off, last_day = :day", off=False, day=yesterday.isoformat())
        self.change("INSERT INTO setting (key, value, note, version) VALUES ('contract_notice_days', '0', '', 1)")
        self.process = self._program()
        process = self.process
        eventually(lambda: health(self.port)[0] == 200 or process.poll() is not None, SLOW_START)
        assert process.poll() is None, self.log()

    def stop(self) -> None:
        """Ctrl-C; everything has to end well."""
        if self._first is not None and self._first.poll() is None:
            self._first.kill()
            self._first.wait()
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            assert self.process.wait(20) == 0, self.log()
        finally:
            self.process.kill()
            self.process.wait()
            self.engine.dispose()

    def log(self) -> str:
        """What the program said."""
        return self.output.read_text("utf-8", "replace")[-4000:]

    def rows(self, statement: str, **given: Any) -> list[Any]:
        """What the database holds, seen from outside the program."""
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(statement), given))

    def one(self, statement: str, **given: Any) -> Any:
        """The first value of the first row."""
        return self.rows(statement, **given)[0][0]

    def change(self, statement: str, **given: Any) -> None:
        """Prepare what no screen offers."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), given)

    def child(self, name: str) -> int:
        """Pid of the process that run.py started under this name (the eldest: web and worker have children)."""
        wanted = "valkey-server" if name == "queue" else f"aftercare-{name}"[:15]
        found = []
        for pid in processes_of(self.folder):
            with contextlib.suppress(OSError):
                if (Path("/proc") / str(pid) / "comm").read_text().strip() == wanted:
                    found.append(pid)
        return min(found)

    def kill(self, name: str) -> None:
        """``kill -9`` of that process."""
        os.kill(self.child(name), signal.SIGKILL)
