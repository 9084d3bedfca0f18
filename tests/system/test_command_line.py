"""Commands typed before there is a database, or while it is away: one sentence, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config


@pytest.mark.parametrize("typed", [["report", "supervisor_daily"], ["outbox", "list"]])
def test_without_a_database_a_command_says_what_to_type(tmp_path: Path, typed: list[str]) -> None:
    kept = {name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "QUEUE_URL")}
    ended = subprocess.run(
        [sys.executable, "-m", "flask", *typed],
        cwd=config.ROOT,
        env={**kept, "VAR_DIR": str(tmp_path), "ENV_FILE": str(tmp_path / ".env")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "flask init" in ended.stderr
    assert "Traceback" not in ended.stderr
