"""The web server: gunicorn with synchronous workers.

One request at a time per process: the framework's list filters are objects shared between threads, and with threads
one person was seen getting another's rows. It is also the fastest of those measured here.
"""

from __future__ import annotations

import select
import signal
import socket
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.sync import SyncWorker
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.processes import die_with_parent
from config import Settings

MEMORY_FOLDER = Path("/dev/shm")  # nosec B108  # only for the web processes' signs of life


SILENT_SECONDS = 60


class OfficeWorker(SyncWorker):
    """Browsers open connections ahead of need and say nothing on them; each would hold up a process for a minute.

    The kernel keeps such a connection until something comes (``_wait_for_words``); one handed over all the same after
    ``SILENT_SECONDS`` is closed, and the browser opens another when it has something to ask.
    """

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Serve one connection, if anything is said on it."""
        said = select.poll()
        said.register(client, select.POLLIN)
        if said.poll(1000):
            super().handle(listener, client, addr)
        else:
            client.close()


def _wait_for_words(arbiter: Any) -> None:
    for listener in arbiter.LISTENERS:
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)


def _after_fork(_arbiter: Any, worker: Any) -> None:
    die_with_parent(signal.SIGTERM)
    with worker.app.flask.app_context():
        from app.core.db import db

        db.engine.dispose(close=False)  # connections opened before the fork belong to the parent


class Web(BaseApplication):
    """gunicorn told everything here, nothing by command line or file."""

    def __init__(self, settings: Settings, flask: Flask) -> None:
        self.settings = settings
        self.flask = flask
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn for its configuration."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        wanted = {
            "bind": f"{host}:{self.settings.port}",
            "workers": self.settings.web_workers,
            "worker_class": OfficeWorker,
            "preload_app": True,
            "timeout": self.settings.web_timeout,
            "graceful_timeout": 5,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            "loglevel": self.settings.log_level.lower(),
            "control_socket_disable": True,
            "when_ready": _wait_for_words,
            "post_fork": _after_fork,
            "proc_name": "aftercare-web",
        }
        if MEMORY_FOLDER.is_dir():
            wanted["worker_tmp_dir"] = str(MEMORY_FOLDER)
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Called once by gunicorn, before it forks its workers."""
        if not self.settings.proxies:
            return self.flask
        count = self.settings.proxies
        return ProxyFix(self.flask.wsgi_app, x_for=count, x_proto=count, x_host=count)


def serve(settings: Settings, flask: Flask) -> None:
    """Serve until told to stop."""
    Web(settings, flask).run()
