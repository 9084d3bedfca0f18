"""Pictures of the demo company's screens: starts the program in a folder of its own, logs in, photographs.

tools/screenshots.py [NAME …]      all pictures of SHOTS, or those named; they land in screenshots/
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "screenshots"
PASSWORD = "aftercare-demo"  # nosec B105  # the demo company's, printed in the README
DESK, PHONE = (1440, 900), (390, 844)

# name: (account, page, size)
SHOTS = {
    "login": ("", "/login/", DESK),
    "clerk-home": ("clerk", "/", DESK),
    "clerk-calls": ("clerk", "/repaircallview/list/", DESK),
    "clerk-customers": ("clerk", "/customerview/list/", DESK),
    "supervisor-home": ("supervisor", "/", DESK),
    "supervisor-orders": ("supervisor", "/workorderview/list/", DESK),
    "technician-home": ("technician", "/", PHONE),
    "manager-home": ("manager", "/", DESK),
    "service-complaints": ("service", "/complaintview/list/", DESK),
    "director-home": ("director", "/", DESK),
    "admin-jobs": ("admin", "/outboxentryview/list/", DESK),
}


@contextmanager
def running() -> Iterator[str]:
    """The program with the demo company; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "VAR_DIR": folder, "PORT": str(port), "DEMO": "1"}
        process = subprocess.Popen([sys.executable, str(ROOT / "run.py")], env=environ)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/health/live", process)
            yield address
        finally:
            process.terminate()
            process.wait()


def _wait_for(page: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("run.py did not start: see above")
        with suppress(OSError), urllib.request.urlopen(page, timeout=5):  # nosec B310  # our own address
            return
        time.sleep(0.2)
    raise SystemExit("run.py did not answer within two minutes")


def photograph(browser: Browser, address: str, name: str) -> None:
    """One picture, logged in as its account."""
    account, page_path, (width, height) = SHOTS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    if account:
        page.goto(f"{address}/login/")
        page.fill("input[name=username]", account)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state("load")
    answer = page.goto(f"{address}{page_path}")
    page.screenshot(path=TARGET / f"{name}.png")
    print(f"{name}: {answer.status if answer else '?'} {page_path}")
    context.close()


def main(names: list[str]) -> None:
    """Take the pictures named, or all."""
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    path = next((name for name in found if name), None)
    if path is None:
        raise SystemExit("No Chromium on this machine: type  sudo apt-get install chromium")
    TARGET.mkdir(exist_ok=True)
    with running() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name in names or SHOTS:
            photograph(browser, address, name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
