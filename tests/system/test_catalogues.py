"""The catalogues are complete: every message of ours and of the framework in Chinese and in English."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "tools" / "catalogue.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_message_is_translated_and_none_is_left_over() -> None:
    assert tool().problems() == []


def test_what_is_marked_is_found() -> None:
    catalogue = tool()
    source = 'N_("a"); _("b" "c"); Refused(N_("d"), field="x"); _l("e", n=1); ngettext("f", "g", 2); other("h")'
    assert set(catalogue.python_messages(source)) == {"a", "bc", "d", "e", ("f", "g")}
