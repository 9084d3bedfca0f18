"""The catalogues are complete: every message of ours and of the framework in Chinese and in English."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

from babel.messages.pofile import read_po
from flask import Flask

from app.core import i18n

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


def test_every_message_can_be_said_whatever_its_parameters_are_called(app: Flask) -> None:
    """A parameter of the name of one of ``say``'s own took whoever was told of it the whole inbox."""
    with (ROOT / "app/translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        ids = [each.id for each in read_po(file) if isinstance(each.id, str) and each.id]
    named = {each: dict.fromkeys(re.findall(r"%\((\w+)\)s", each), "甲") for each in ids if "%(" in each}
    assert any("what" in params for params in named.values())
    with app.test_request_context():
        for message, params in named.items():
            if re.search(r"%\(\w+\)[^s]", message) is None:
                assert "%(" not in i18n.say(message, **params), message
