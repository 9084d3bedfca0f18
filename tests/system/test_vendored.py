"""Scripts of others that the portal serves: each is listed with version and licence in one place, and comes from nowhere else."""

from __future__ import annotations

import re

import config

VENDOR = config.ROOT / "app" / "static" / "vendor"
ROW = re.compile(r"^\| (`[^|]+`) \| [^|]+ \| ([^|]+) \| ([^|]+) \| npm package `([\w-]+)`", re.M)
ADDRESS = re.compile(r"""(?:src|href)=["']https?://|@import|importScripts\(["']https?:""")


def rows() -> list[tuple[list[str], str, list[str]]]:
    """Files, version and licence files of each row of the list."""
    text = (VENDOR / "README.md").read_text("utf-8")
    named = re.compile(r"`([^`]+)`")
    return [
        (named.findall(files), version, named.findall(licence)) for files, version, licence, _npm in ROW.findall(text)
    ]


def test_every_file_is_listed_with_a_version_and_a_licence() -> None:
    listed = rows()
    assert len(listed) == len([each for each in VENDOR.iterdir() if each.is_dir()])
    for files, version, licences in listed:
        assert re.search(r"\d+\.\d+\.\d+", version), files
        assert licences
        assert files
        for each in (*files, *licences):
            assert (VENDOR / each).stat().st_size > 100, each
    named = {name for files, _version, licences in listed for name in (*files, *licences)}
    there = {each.relative_to(VENDOR).as_posix() for each in VENDOR.rglob("*") if each.is_file()}
    assert there - named <= {"README.md", "echarts/NOTICE"}


def test_a_file_that_says_its_version_says_the_one_listed() -> None:
    for files, version, _licences in rows():
        wanted = re.search(r"\d+\.\d+\.\d+", version)
        assert wanted is not None
        head = (VENDOR / files[0]).read_text("utf-8")
        said = re.search(r"(?:v|version:? ?[\"']?|VERSION ?= ?[\"'])(\d+\.\d+\.\d+)", head)
        assert said is None or wanted.group() in head, files


def test_no_page_loads_a_script_or_style_from_elsewhere() -> None:
    pages = [
        *(config.ROOT / "templates" / "screens").rglob("*.html"),
        *(config.ROOT / "app" / "static" / "css").glob("*.css"),
    ]
    own = [*pages, *(config.ROOT / "app" / "static" / "js").glob("*.js")]
    found = [each.name for each in own if ADDRESS.search(each.read_text("utf-8"))]
    assert found == []
