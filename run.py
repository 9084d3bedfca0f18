"""Start Aftercare.

python run.py              everything for one machine: database, queue, web, worker, scheduler; Ctrl-C ends it
python run.py init         make or bring up to date the database: tables, roles, reference data, demo company
python run.py web          the web server alone
python run.py worker       one worker alone (several may run)
python run.py scheduler    the scheduler alone
python run.py queue        the embedded queue server alone
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import config
from app.core import processes

if TYPE_CHECKING:
    from flask import Flask

HERE = Path(__file__).resolve()


@functools.cache
def application(settings: config.Settings) -> Flask:
    """The application of this process and those forked from it."""
    from app import create_app

    return create_app(settings)


def everything(settings: config.Settings) -> int:
    """Start all processes and watch them until told to stop."""
    begun = time.monotonic()
    processes.check_address(settings.host, settings.port)
    lock = processes.claim_folder(settings.var)
    supervisor = processes.Supervisor(lambda name: perform(name, settings))
    supervisor.listen()
    with lock, processes.own_terminal_group():
        try:
            if settings.embedded_queue:
                supervisor.start("queue")
            application(settings)  # assembled here once, forked below
            supervisor.run_once("init")
            _wait_for_queue(settings, supervisor)
            for name in ("web", "worker", "scheduler"):
                if not supervisor.stopping:
                    supervisor.start(name)
            supervisor.wait_until(lambda: processes.web_answers(settings.host, settings.port), "The web server")
            # Worker and scheduler as well, unless something else is unwell (a letter laid aside, say).
            supervisor.wait_until(lambda: processes.web_answers(settings.host, settings.port, "/health"), "", 5)
            if not supervisor.stopping:
                print(_welcome(settings, time.monotonic() - begun), flush=True)
            supervisor.watch()
        finally:
            supervisor.end()
    return 0


def _wait_for_queue(settings: config.Settings, supervisor: processes.Supervisor) -> None:
    if settings.embedded_queue:
        supervisor.wait_until(lambda: processes.queue_answers(settings.queue_url, 0), "The queue server")
    elif not processes.queue_answers(settings.queue_url, 10):
        raise processes.StartFailed("The queue server of QUEUE_URL does not answer: is it running?")


def _welcome(settings: config.Settings, seconds: float) -> str:
    lines = [f"Aftercare 售后服务管理平台: {settings.public_url}   ({seconds:.1f} s; Ctrl-C stops it)"]
    accounts = settings.var / "demo_accounts.txt"
    if settings.demo and accounts.exists():
        lines += ["", accounts.read_text("utf-8").rstrip()]
    elif not settings.demo:
        lines.append("First administrator: .venv/bin/flask create-admin")
    return "\n".join(lines)


def init(settings: config.Settings) -> int:
    """Bring the database up to date; may be repeated."""
    processes.follow_parent(signal.SIGTERM)
    from app import initialise

    initialise.run(application(settings), demo=settings.demo)
    return 0


def web(settings: config.Settings) -> int:
    """The web server, until told to stop."""
    processes.follow_parent(signal.SIGTERM)
    if not os.environ.get(processes.PARENT):
        processes.check_address(settings.host, settings.port)
    from app.core.web import serve

    serve(settings, application(settings))
    return 0


def worker(settings: config.Settings) -> int:
    """One worker, until told to stop."""
    processes.follow_parent(signal.SIGKILL)  # its job is done again by whoever comes next
    _need_queue(settings)
    from app.core.queue import work

    work(application(settings))
    return 0


def scheduler(settings: config.Settings) -> int:
    """The scheduler, until told to stop."""
    processes.follow_parent(signal.SIGTERM)
    _need_queue(settings)
    from app.core.jobs import schedule

    schedule(application(settings))
    return 0


def _need_queue(settings: config.Settings) -> None:
    if not processes.queue_answers(settings.queue_url, 30):
        raise processes.StartFailed("No queue server answers: set QUEUE_URL, or start “run.py queue” first.")


def queue(settings: config.Settings) -> int:
    """Become the embedded queue server."""
    processes.follow_parent(signal.SIGTERM)
    from app.core.embedded_queue import become_server

    become_server(settings)
    return 0


COMMANDS = {"": everything, "init": init, "web": web, "worker": worker, "scheduler": scheduler, "queue": queue}


def main(arguments: list[str]) -> int:
    """Read the command line and the settings, run the command."""
    name = arguments[0] if arguments else ""
    if name not in COMMANDS or len(arguments) > 1:
        print(__doc__, file=sys.stdout if name in ("-h", "--help") else sys.stderr)
        return 0 if name in ("-h", "--help") else 2
    os.chdir(HERE.parent)
    try:
        settings = config.load()
    except config.ConfigError as problem:
        return _say(problem.message)
    return perform(name, settings)


def perform(name: str, settings: config.Settings) -> int:
    """Run one command; every expected failure is one sentence and an exit code."""
    try:
        return COMMANDS[name](settings)
    except processes.StartFailed as problem:
        return _say(str(problem))
    except KeyboardInterrupt:
        return 0
    except Exception as problem:
        if type(problem).__name__ != "OperationalError":  # SQLAlchemy's, which this file need not import
            raise
        reason = str(getattr(problem, "orig", problem)).strip().partition("\n")[0]
        return _say(f"The database does not answer: {reason}")


def _say(sentence: str) -> int:
    """Tell a failure; a child's exit code lets its parent know that it was told."""
    if sentence:
        processes.tell(sentence)
    return processes.TOLD if os.environ.get(processes.PARENT) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
