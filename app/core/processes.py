"""The processes of one machine: started together, watched, and ended together.

``run.py`` is the parent. It assembles the application once and forks it, which starts three processes in the time of
one and shares their memory; the parent itself touches neither database nor queue. Every child is in a session of its
own, so that a Ctrl-C reaches the parent alone, which ends them in the right order; and each asks the kernel to be ended
should the parent vanish.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO
from urllib.parse import unquote, urlsplit

PARENT = "AFTERCARE_PARENT"
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TOLD = 3  # exit code of a child that has said in one sentence why it cannot go on
START_SECONDS = 120
STOP_SECONDS = 10
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60


class StartFailed(Exception):
    """The program cannot start; the message is one sentence for the person who typed the command."""


def die_with_parent(with_signal: int = signal.SIGKILL, expected: int | None = None) -> None:
    """Ask the kernel for ``with_signal`` when the process that started this one is gone (Linux).

    The kernel watches the *thread* that made us: our parents make children from their main thread only.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    if expected is not None and os.getppid() != expected:
        raise SystemExit(1)  # it was gone before we asked


def follow_parent(with_signal: int) -> None:
    """``die_with_parent`` for a process that the supervisor started; nothing for one started by hand."""
    parent = os.environ.get(PARENT)
    if parent:
        die_with_parent(with_signal, int(parent))


def name_process(name: str) -> None:
    """What ``ps`` and ``top`` show for this process (15 characters)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_NAME, name[:15].encode(), 0, 0, 0)


def check_address(host: str, port: int) -> None:
    """Raise ``StartFailed`` with one sentence when nothing can listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise StartFailed(
                f"Port {port} is taken by another program: stop that one, or choose another port with PORT={port + 1}."
            ) from problem
        if problem.errno == errno.EACCES:
            raise StartFailed(f"Port {port} is not allowed for this user: choose one above 1023.") from problem
        raise StartFailed(f"HOST={host} is not an address of this machine ({problem.strerror}).") from problem


def claim_folder(var: Path) -> TextIO:
    """Hold the folder for this process; raises ``StartFailed`` when another one runs from it."""
    lock = (var / "run.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise StartFailed(f"Aftercare is already running from {var} (process {owner}).") from problem
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def queue_answers(url: str, seconds: float) -> bool:
    """Whether a queue server listens at ``url``; waits for it up to ``seconds``."""
    parts = urlsplit(url)
    until = time.monotonic() + seconds
    while True:
        try:
            if parts.scheme == "unix":
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                    probe.settimeout(2)
                    probe.connect(unquote(parts.path))
            else:
                socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=2).close()
        except OSError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.1)
        else:
            return True


def web_answers(host: str, port: int, page: str = "/health/live") -> bool:
    """Whether the web process answers a page with 200."""
    target = "localhost" if host in ("0.0.0.0", "::") else host  # nosec B104  # compared, not bound
    try:
        with socket.create_connection((target, port), timeout=5) as probe:
            probe.settimeout(5)
            probe.sendall(f"GET {page} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            return b" 200 " in probe.recv(64)
    except OSError:
        return False


def tell(line: str) -> None:
    """A line for the person at the terminal."""
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(line, file=sys.stderr, flush=True)


@dataclass
class Child:
    """One process and how often it had to be started anew."""

    name: str
    pid: int = 0
    code: int | None = None
    started: float = 0.0
    failures: int = 0
    again_at: float = 0.0

    @property
    def running(self) -> bool:
        """Whether the process is there; notes how it ended when it is not."""
        if self.pid and self.code is None:
            with contextlib.suppress(InterruptedError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.code = os.waitstatus_to_exitcode(status)
        return bool(self.pid) and self.code is None

    def send(self, number: int) -> None:
        """Signal the process, if it is there."""
        if self.running:
            os.kill(self.pid, number)

    def wait(self) -> None:
        """Until it has ended."""
        while self.running:
            time.sleep(0.01)

    def ended_how(self) -> str:
        """How it ended, in words."""
        if self.code is not None and self.code < 0:
            return f"killed by {signal.Signals(-self.code).name}"
        return f"exit code {self.code}"


@dataclass
class Supervisor:
    """Forks a process for each name, which does ``run(name)``; starts what dies anew with growing pauses; ends all."""

    run: Callable[[str], int]
    children: dict[str, Child] = field(default_factory=dict)
    stopping: bool = False
    hurry: bool = False

    def listen(self) -> None:
        """Take SIGINT, SIGTERM and SIGHUP as the wish to stop; a second one as impatience."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._asked)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.hurry = self.stopping
        self.stopping = True

    def start(self, name: str) -> Child:
        """Start one process."""
        child = self.children.setdefault(name, Child(name))
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal that came between fork and reset would be taken by the child with the parent's handler, and lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        pid = os.fork()
        if pid == 0:
            self._become(name, parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        child.pid, child.code, child.started = pid, None, time.monotonic()
        return child

    def _become(self, name: str, parent: int) -> NoReturn:
        """In the child: a process of its own standing, which never returns into the parent's code."""
        code = 1
        try:
            os.setsid()  # Ctrl-C in the terminal must not reach the queue before the worker has ended
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTTOU, signal.SIGTSTP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            os.environ[PARENT] = str(parent)
            name_process(f"aftercare-{name}")
            code = self.run(name)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def run_once(self, name: str) -> None:
        """Run a process to its end. Raises ``StartFailed`` when it fails; returns early when asked to stop."""
        child = self.start(name)
        while child.running:
            if self.stopping:
                return
            time.sleep(0.02)
        del self.children[name]
        if child.code:
            raise self._failed(child)

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
        """Wait for ``ready()``; raises ``StartFailed`` when a process ends meanwhile or the time is over.

        Without ``what`` it is not asked for: after ``seconds`` the start goes on.
        """
        until = time.monotonic() + seconds
        while not self.stopping and not ready():
            for child in self.children.values():
                if not child.running:
                    raise self._failed(child)
            if time.monotonic() > until:
                if not what:
                    return
                raise StartFailed(f"{what} did not answer within {seconds:.0f} seconds.")
            time.sleep(0.05)

    def _failed(self, child: Child) -> StartFailed:
        if child.code == TOLD:
            return StartFailed("")
        return StartFailed(f"“run.py {child.name}” failed ({child.ended_how()}): see the lines above.")

    def watch(self) -> None:
        """Keep everything running until asked to stop."""
        while not self.stopping:
            for child in self.children.values():
                if not child.running:
                    self._revive(child)
            time.sleep(0.2)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.pid:
            if now - child.started > STEADY_SECONDS:
                child.failures = 0
            pause = min(2.0**child.failures, LONGEST_PAUSE)
            tell(f"{child.name} ended unexpectedly ({child.ended_how()}); starting it again in {pause:.0f} s")
            child.failures += 1
            child.again_at = now + pause
            child.pid = 0
        elif now >= child.again_at:
            self.start(child.name)

    def end(self, last: str = "queue") -> None:
        """End everything, ``last`` after all the others, forcibly after ``STOP_SECONDS``."""
        self.stopping = True
        self._end([child for child in self.children.values() if child.name != last])
        self._end([child for child in self.children.values() if child.name == last])

    def _end(self, children: list[Child]) -> None:
        for child in children:
            child.send(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while any(child.running for child in children) and time.monotonic() < until and not self.hurry:
            time.sleep(0.02)
        for child in children:
            child.send(signal.SIGKILL)
            child.wait()


@contextlib.contextmanager
def own_terminal_group() -> Iterator[None]:
    """Take Ctrl-C alone when started by ``make``, which would otherwise report an interrupt of its own."""
    try:
        terminal = sys.stdin.fileno()
        before = os.tcgetpgrp(terminal)
        taking = os.getpgrp() == before != os.getpid()
    except (OSError, ValueError, AttributeError):
        taking = False
    if not taking:
        yield
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # make could not be resumed together with us
    os.setpgid(0, 0)
    with contextlib.suppress(OSError):
        os.tcsetpgrp(terminal, os.getpid())
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.tcsetpgrp(terminal, before)
