"""A running portal and a headless Chromium for all tests of this folder."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Generator, Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.engine import make_url

from tests.browser.main_line import Day, Office
from tests.browser.portal import Portal
from tests.mailserver import mail_server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=zh-CN"]


def in_ci() -> bool:
    """Whether a missing browser is a failure."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def find_browser() -> str:
    """Path of Chromium; fails in CI and skips elsewhere when there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium on this machine: type  sudo apt-get install chromium"
        if in_ci():
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


# The package's scope, not the session's: Playwright keeps an event loop running in the thread of the tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = find_browser()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def postgres_portal(browser: Browser, postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A second portal on PostgreSQL; its demo company is made while the tests on SQLite run."""
    name = f"aftercare_browser_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = make_url(postgres_url).set(drivername="postgresql+psycopg", database=name)
    folder = tmp_path_factory.mktemp("portal") / "postgres"
    folder.mkdir()
    with mail_server() as mailbox:
        portal = Portal(folder, mailbox, url.render_as_string(hide_password=False))
        portal.begin()
        yield portal
        portal.stop()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="package")
def portal(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """The portal on SQLite, with everything that ``make run`` starts."""
    folder = tmp_path_factory.mktemp("portal") / "sqlite"
    folder.mkdir()
    with mail_server() as mailbox:
        running = Portal(folder, mailbox)
        try:
            running.start()
            if any("postgres_portal" in getattr(item, "fixturenames", ()) for item in request.session.items):
                request.getfixturevalue("postgres_portal")
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="package")
def office(browser: Browser, portal: Portal) -> Iterator[Office]:
    """The people of the demo company at their browsers."""
    people = Office(browser, portal)
    yield people
    people.close()


@pytest.fixture(scope="package")
def day(office: Office) -> Day:
    """The one working day that the tests of this folder share, each doing its people's part of it."""
    return Day(office)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the portal said and where everybody stood, with a test that failed."""
    report = yield
    given = getattr(item, "funcargs", {})
    if report.failed and isinstance(given.get("portal"), Portal):
        report.sections.append(("the portal", given["portal"].log()))
    if report.failed and isinstance(given.get("office"), Office):
        report.sections.append(("the office", given["office"].standing()))
    return report


@pytest.fixture(autouse=True)
def nothing_wrong_on_any_page(request: pytest.FixtureRequest) -> Iterator[None]:
    """No console error, no CSP violation, no failed request on the pages that a test opened."""
    yield
    if "office" in request.fixturenames:
        assert request.getfixturevalue("office").troubles() == []
