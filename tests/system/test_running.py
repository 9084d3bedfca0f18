"""``run.py`` as a user meets it: one command starts everything, one key ends it, and nothing stays behind.

Real processes, an empty office, a folder and a port of their own.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import config

SLOW_START = 180  # seconds; on a machine that does much else at the time
PROGRAM = str(config.ROOT / "run.py")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    ours = {item for item in os.environ if item not in ("DATABASE_URL", "QUEUE_URL")}
    return {
        **{name: os.environ[name] for name in ours},
        "VAR_DIR": str(folder),
        "ENV_FILE": str(folder / ".env"),
        "PORT": str(port),
        "DEMO": "0",
        **more,
    }


def processes_of(folder: Path) -> dict[int, str]:
    """Pid and command line of every process that runs with this folder, orphans included."""
    found = {}
    mark = f"VAR_DIR={folder}\0".encode()
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (place / "environ").read_bytes() + b"\0":
                    found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def eventually(check: Callable[[], object], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def health(port: int) -> tuple[int, dict[str, dict[str, object]]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return answer.status, json.load(answer)["parts"]
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)["parts"]
    except OSError:
        return 0, {}


class Running:
    """One ``run.py`` and what it says."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.output = folder.with_suffix(".log")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, PROGRAM], env=environment(folder, port), stdout=output, stderr=output, cwd="/"
            )

    def wait_until_well(self) -> float:
        begun = time.monotonic()
        eventually(lambda: health(self.port)[0] == 200 or self.process.poll() is not None, SLOW_START)
        assert self.process.poll() is None, self.output.read_text()
        return time.monotonic() - begun

    def child(self, name: str) -> int:
        """Pid of the process that run.py started under this name (the eldest: web and worker have children)."""
        wanted = "valkey-server" if name == "queue" else f"aftercare-{name}"[:15]
        names = {}
        for pid in processes_of(self.folder):
            with contextlib.suppress(OSError):  # it may be gone by now
                names[pid] = (Path("/proc") / str(pid) / "comm").read_text().strip()
        return min(pid for pid, found in names.items() if found == wanted)


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the first start has been: the database of an empty office."""
    folder = tmp_path_factory.mktemp("first") / "var"
    done = subprocess.run(
        [sys.executable, PROGRAM, "init"],
        env=environment(folder, free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def start(initialised: Path, tmp_path: Path) -> Iterator[Callable[[], Running]]:
    started: list[Running] = []

    def start_one() -> Running:
        shutil.copytree(initialised, tmp_path / "var", dirs_exist_ok=True)
        started.append(Running(tmp_path / "var", free_port()))
        return started[-1]

    yield start_one
    for running in started:
        running.process.kill()
        running.process.wait()


def test_one_command_starts_everything_and_one_signal_ends_it(start: Callable[[], Running]) -> None:
    running = start()
    assert running.wait_until_well() < SLOW_START
    assert all(part["well"] for part in health(running.port)[1].values())
    # It may be well a moment before run.py has said so.
    eventually(lambda: f"http://127.0.0.1:{running.port}" in running.output.read_text())

    again = subprocess.run(
        [sys.executable, PROGRAM],
        env=environment(running.folder, free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1
    assert (
        again.stderr.strip() == f"Aftercare is already running from {running.folder} (process {running.process.pid})."
    )

    for name in ("worker", "queue", "scheduler", "web"):
        killed = running.child(name)
        os.kill(killed, signal.SIGKILL)
        eventually(lambda name=name, killed=killed: _revived(running, name, killed))
    eventually(lambda: health(running.port)[0] == 200)

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0
    eventually(lambda: not processes_of(running.folder), 3)
    assert "Traceback" not in running.output.read_text()


def _revived(running: Running, name: str, killed: int) -> bool:
    with contextlib.suppress(ValueError, OSError):
        return running.child(name) != killed
    return False


def test_killing_run_py_leaves_no_orphan(start: Callable[[], Running]) -> None:
    running = start()
    running.wait_until_well()
    assert len(processes_of(running.folder)) >= 7  # run.py, queue, gunicorn and its two, worker, scheduler
    running.process.kill()
    running.process.wait()
    eventually(lambda: not processes_of(running.folder), 10)
    # And the folder is free for the next start.
    next_one = Running(running.folder, running.port)
    try:
        next_one.wait_until_well()
    finally:
        next_one.process.terminate()
    assert next_one.process.wait(20) == 0


def sentence(folder: Path, port: int, *arguments: str, **more: str) -> str:
    """What a failing start says: exactly one line, no traceback, exit code 1."""
    done = subprocess.run(
        [sys.executable, PROGRAM, *arguments],
        env=environment(folder, port, **more),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1, done
    assert done.stdout == "" and done.stderr.count("\n") == 1, done
    return done.stderr.strip()


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is taken by another program" in sentence(tmp_path, port)
        assert f"Port {port} is taken by another program" in sentence(tmp_path, port, "web")


def test_a_foreign_address_is_one_sentence(tmp_path: Path) -> None:
    assert "is not an address of this machine" in sentence(tmp_path, free_port(), HOST="192.0.2.77")


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in sentence(tmp_path / "file", free_port())


def test_a_broken_env_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8000\nthis is not a setting\n")
    assert "Line 2 of" in sentence(tmp_path, free_port())
    assert "Line 2 of" in sentence(tmp_path, free_port(), "worker")


def test_an_unreachable_database_is_one_sentence(tmp_path: Path) -> None:
    told = sentence(tmp_path, free_port(), "init", DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    assert "database" in told


def test_an_unknown_command_shows_the_manual() -> None:
    done = subprocess.run([sys.executable, PROGRAM, "wbe"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "python run.py scheduler" in done.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_ctrl_c_in_a_terminal_under_make_ends_with_zero(initialised: Path, tmp_path: Path) -> None:
    """In a real terminal Ctrl-C goes to make as well; it must not turn a clean end into an error."""
    folder, port = tmp_path / "var", free_port()
    shutil.copytree(initialised, folder)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(config.ROOT)
        os.execvpe("make", ["make", "run"], environment(folder, port))
    try:
        eventually(lambda: (_drain(terminal), health(port)[0] == 200)[1], SLOW_START)
        os.write(terminal, b"\x03")
        begun = time.monotonic()
        while True:
            _drain(terminal)
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                break
            assert time.monotonic() - begun < 20
            time.sleep(0.05)
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    eventually(lambda: not processes_of(folder), 3)


def _drain(terminal: int) -> None:
    with contextlib.suppress(OSError):
        while select.select([terminal], [], [], 0)[0]:
            if not os.read(terminal, 65536):
                return
