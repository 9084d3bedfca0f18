"""Pictures of the demo company's screens: starts the program in a folder of its own, logs in, photographs.

tools/screenshots.py [NAME …]      all pictures of SHOTS, or those named, in both languages, at a desk's and a
                                   telephone's width; they land in screenshots/
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

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "screenshots"
PASSWORD = "aftercare-demo"  # nosec B105  # the demo company's, printed in the README
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
SETTLED = 250  # milliseconds for what a script draws
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
FIRST_RECORD = "td.main a, a.job-link"
CUSTOMER = "dd a[href*='/customerview/show/']"  # on the record opened first, the way to its customer

# The pages used most: name: (account, page, whether the first record on it is opened)
SHOTS = {
    "login": ("", "/login/", False),
    "clerk-home": ("clerk", "/", False),
    "clerk-intake": ("clerk", "/intake/?q=王", False),
    "clerk-calls": ("clerk", "/repaircallview/list/", False),
    "clerk-call": ("clerk", "/repaircallview/list/", True),
    "clerk-search": ("clerk", "/search/?q=王", False),
    "clerk-customers": ("clerk", "/customerview/list/", False),
    # The file of whoever called last: there is something in it.
    "clerk-customer": ("clerk", "/repaircallview/list/?show=today", CUSTOMER),
    "clerk-voucher": ("clerk", "/voucherview/list/", True),
    "clerk-house": ("clerk", "/repaircardview/list/?show=house", False),
    "clerk-item": ("clerk", "/repaircardview/list/?show=house", True),
    "clerk-day-close": ("clerk", "/day-close/", False),
    "supervisor-home": ("supervisor", "/", False),
    "supervisor-dispatch": ("supervisor", "/dispatch/", False),
    "supervisor-orders": ("supervisor", "/workorderview/list/", False),
    "supervisor-order": ("supervisor", "/workorderview/list/", True),
    "supervisor-deadlines": ("supervisor", "/deadline/", False),
    "supervisor-report": ("supervisor", "/branch-day/", False),
    "supervisor-ageing": ("supervisor", "/workshop/ageing/", False),
    "supervisor-stock": ("supervisor", "/stockbalanceview/list/", False),
    "technician-jobs": ("technician", "/my/", False),
    "technician-job": ("technician", "/my/", True),
    "technician-day": ("technician", "/my/day", False),
    "technician-report": ("technician", "/my/report/", False),
    "manager-home": ("manager", "/", False),
    "manager-approvals": ("manager", "/approvalview/list/?show=mine", False),
    "accountant-home": ("accountant", "/", False),
    "accountant-to-invoice": ("accountant", "/money/to-invoice/", False),
    "accountant-invoice": ("accountant", "/invoiceview/list/", True),
    "accountant-outstanding": ("accountant", "/money/outstanding/", False),
    "service-home": ("service", "/", False),
    "service-contracts": ("service", "/contracts/ending/", False),
    "service-complaints": ("service", "/complaintview/list/", False),
    "service-complaint": ("service", "/complaintview/list/", True),
    "service-visits": ("service", "/returnvisits/worklist/", False),
    "service-figures": ("service", "/figures/complaints/", False),
    "service-print": ("service", "/print/", False),
    "director-home": ("director", "/", False),
    "admin-home": ("admin", "/", False),
    "admin-settings": ("admin", "/settings/", False),
    "admin-audit": ("admin", "/auditentryview/list/", False),
    "admin-jobs": ("admin", "/outboxentryview/list/", False),
}


@contextmanager
def running() -> Iterator[str]:
    """The program with the demo company; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "VAR_DIR": folder, "PORT": str(port), "DEMO": "1", "LOGIN_RATE": "1000 per minute"}
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


def log_in(page: Page, address: str, account: str, language: str) -> None:
    """As this account, in this language."""
    page.goto(f"{address}/login/")
    if account:
        page.fill("input[name=username]", account)
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")
    page.goto(f"{address}/lang/{LANGUAGES[language]}")


def photograph(page: Page, address: str, name: str, file: Path) -> None:
    """One picture, in a palette of colours that keeps it small."""
    _account, path, opened = SHOTS[name]
    answer = page.goto(f"{address}{path}")
    record = page.locator(FIRST_RECORD)
    if opened and record.count():
        page.goto(f"{address}{record.first.get_attribute('href')}")
    if isinstance(opened, str):
        page.goto(f"{address}{page.locator(opened).first.get_attribute('href')}")
    page.wait_for_timeout(SETTLED)
    page.screenshot(path=file)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.name}: {answer.status if answer else '?'} {path}")


def all_of(browser: Browser, address: str, names: list[str]) -> None:
    """Every picture named, account by account."""
    for account in dict.fromkeys(SHOTS[name][0] for name in names):
        for language in LANGUAGES:
            for size, (width, height) in SIZES.items():
                context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
                page = context.new_page()
                log_in(page, address, account, language)
                for name in names:
                    if SHOTS[name][0] == account:
                        photograph(page, address, name, TARGET / f"{name}-{language}-{size}.png")
                context.close()


def main(names: list[str]) -> None:
    """Take the pictures named, or all."""
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    path = next((name for name in found if name), None)
    if path is None:
        raise SystemExit("No Chromium on this machine: type  sudo apt-get install chromium")
    if unknown := set(names) - SHOTS.keys():
        raise SystemExit(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(SHOTS)}")
    TARGET.mkdir(exist_ok=True)
    with running() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        all_of(browser, address, names or list(SHOTS))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
