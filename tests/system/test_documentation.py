"""Documentation that is generated, or names commands and files, agrees with the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from app.core import lifecycle_cli, schema
from app.roles import lifecycles

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def test_the_lifecycle_page_is_drawn_from_the_tables(app: Flask) -> None:
    with app.app_context():
        drawn = lifecycle_cli.page(lifecycles())
    written = (ROOT / "docs" / "lifecycles.md").read_text("utf-8")
    assert written == drawn, "run: flask lifecycles --out docs/lifecycles.md"


def test_schema_sql_is_written_from_the_models(app: Flask) -> None:
    with app.app_context():
        assert (ROOT / "schema.sql").read_text("utf-8") == schema.ddl(), "run: make schema"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_named_exist(page: Path, app: Flask) -> None:
    text = page.read_text("utf-8")
    for name in re.findall(r"\bflask ([a-z][a-z-]+)\b", text):
        assert name in app.cli.commands or name in ("run", "command"), f"{page.name} names flask {name}"
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z]+)", text):
        assert name in targets, f"{page.name} names make {name}"


def test_files_stay_of_a_size_one_can_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("app", "seeds", "tests", "tools", "bench")
        for path in (ROOT / folder).rglob("*.py")
        if "versions" not in path.parts and (lines := len(path.read_text("utf-8").splitlines())) > 620
    }
    assert not long, "move walls: these files hold more than one thing"


def test_vendored_files_carry_their_licence() -> None:
    for folder in (ROOT / "app" / "static" / "vendor").iterdir():
        if folder.is_dir():
            assert any(path.name.upper().startswith("LICENSE") for path in folder.iterdir()), folder.name
