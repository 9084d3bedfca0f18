"""The message catalogues of the portal: English message ids, `zh_Hans_CN` and `en`.

    tools/catalogue.py extract        read every message from app/, templates/ and the framework into both catalogues
    tools/catalogue.py set FILE.json  write Chinese translations ({"English id": "中文"}); creates missing entries
    tools/catalogue.py missing        print {"English id": ""} for everything still without Chinese
    tools/catalogue.py check          exit 1 when a message is missing, fuzzy, unused here or has other placeholders
    tools/catalogue.py compile        write the .mo files the program reads

Several people may run this at once: one lock, and every file is replaced in one step. The framework's own messages
are in our catalogue too, because its Chinese is incomplete and ours is read after it (ours wins).
A message no longer used keeps its translation as an obsolete entry (`#~`) and comes back with it.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import importlib.util
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "app" / "translations"
LOCALES = ("zh_Hans_CN", "en")
KEYWORDS = {"_", "_l", "N_", "gettext", "lazy_gettext", "Refused", "Conflict", "NotPermitted"}
PLURALS = {"ngettext", "lazy_ngettext", "_n"}
# The framework's pages we never show (other ways of logging in, charts from Google).
FRAMEWORK_SKIPPED = re.compile(r"oauth|openid|ldap|saml|/charts/|/chart|/cli\.py|swagger")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|%[sdf]")


def python_messages(source: str) -> Iterator[str | tuple[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        first_is_text = isinstance(node.args[0], ast.Constant)
        if name in KEYWORDS and texts and first_is_text and texts[0]:
            yield texts[0]
        elif name in PLURALS and len(texts) == 2:
            yield (texts[0], texts[1])


def template_messages(path: Path) -> Iterator[str | tuple[str, str]]:
    options = {"newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}
    with path.open("rb") as file:
        for _line, function, message, _comments in babel_extract(file, [*KEYWORDS, *PLURALS], [], options):
            if function in PLURALS and isinstance(message, tuple):
                yield (message[0], message[1])
                continue
            text = message[0] if isinstance(message, tuple) else message
            if text:
                yield text


def messages_under(folder: Path, *, own: bool) -> set[str | tuple[str, str]]:
    found: set[str | tuple[str, str]] = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or (not own and FRAMEWORK_SKIPPED.search(path.as_posix())):
            continue
        if path.suffix == ".py":
            try:
                found.update(python_messages(path.read_text("utf-8")))
            except SyntaxError as error:  # somebody is writing it just now: its messages come back with the next run
                print(f"left out: {path.name}: {error}", file=sys.stderr)
        elif path.suffix in {".html", ".txt", ".xml", ".svg"} and "static" not in path.parts:
            found.update(template_messages(path))
    return found


def framework_folder() -> Path:
    spec = importlib.util.find_spec("flask_appbuilder")
    if spec is None or spec.origin is None:
        raise SystemExit("flask_appbuilder is not installed here: use the project's .venv")
    return Path(spec.origin).parent


def all_messages() -> set[str | tuple[str, str]]:
    found = messages_under(framework_folder(), own=False)
    for folder in ("app", "templates"):
        found |= messages_under(ROOT / folder, own=True)
    singulars = {key[0] for key in found if isinstance(key, tuple)}
    return {key for key in found if key not in singulars}


def po_path(locale: str) -> Path:
    return CATALOGUES / locale / "LC_MESSAGES" / "messages.po"


def load(locale: str) -> Catalog:
    path = po_path(locale)
    if not path.exists():
        return empty(locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def empty(locale: str) -> Catalog:
    catalog = Catalog(locale=locale, project="Aftercare", version="1", charset="utf-8", fuzzy=False)
    catalog.header_comment = "# Messages of Aftercare. Written by tools/catalogue.py; edit with its command `set`."
    return catalog


def replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.chmod(name, 0o644)
    os.replace(name, path)


def save(locale: str, catalog: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, no_location=True, sort_output=True, omit_header=False)
    # Dates in the header would change with every run and make every two people's commits collide.
    text = re.sub(
        rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By)[^\n]*\n', b"", buffer.getvalue(), flags=re.MULTILINE
    )
    replace(po_path(locale), text)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    with open(Path(tempfile.gettempdir()) / f"aftercare-catalogue-{os.getuid()}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def singular(key: str | tuple[str, ...] | list[str]) -> str:
    return key if isinstance(key, str) else key[0]


def has_text(message: Message) -> bool:
    parts = [message.string] if isinstance(message.string, str) else list(message.string)
    return all(parts) and bool(parts)


def framework_chinese() -> dict[str, str]:
    path = framework_folder() / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return {m.id: m.string for m in read_po(file) if m.id and not m.fuzzy and isinstance(m.id, str) and m.string}


def merged(locale: str, wanted: set[str | tuple[str, str]], given: dict[str, str]) -> Catalog:
    """The catalogue with exactly `wanted` in use; translations from `given`, else kept, else the framework's."""
    old = load(locale)
    known = {singular(m.id): m for m in [*old.obsolete.values(), *old] if m.id and has_text(m) and not m.fuzzy}
    fallback = framework_chinese() if locale.startswith("zh") else {}
    new = empty(locale)
    for key in wanted:
        text: object = None
        name = singular(key)
        if locale == "en":
            text = key
        elif name in given:
            text = (given[name],) if isinstance(key, tuple) else given[name]
        elif name in known:
            kept = known[name].string
            plain = kept if isinstance(kept, str) else kept[0]
            text = (plain,) if isinstance(key, tuple) else plain
        elif name in fallback and isinstance(key, str):
            text = fallback[name]
        new.add(key, text, flags={"python-format"} if PLACEHOLDER.search(name) else ())
    used = {singular(key) for key in wanted}
    for name, message in known.items():
        if name not in used and locale != "en":
            new.obsolete[message.id] = message
    return new


def extract() -> None:
    wanted = all_messages()
    with locked():
        for locale in LOCALES:
            save(locale, merged(locale, wanted, {}))
    compile_all()
    print(f"{len(wanted)} messages")


def set_translations(file: str) -> None:
    """Write Chinese for the given ids. Ids nobody uses yet are kept in use until the next `extract`."""
    given = json.loads(Path(file).read_text("utf-8") if file != "-" else sys.stdin.read())
    if not isinstance(given, dict) or not all(isinstance(v, str) and v for v in given.values()):
        raise SystemExit('Expected a JSON object {"English id": "中文"} without empty values.')
    for key, text in given.items():
        if sorted(PLACEHOLDER.findall(key)) != sorted(PLACEHOLDER.findall(text)):
            raise SystemExit(f"Placeholders differ: {key!r} → {text!r}")
    with locked():
        for locale in LOCALES:
            old = load(locale)
            in_use = {m.id if isinstance(m.id, str) else tuple(m.id) for m in old if m.id}
            names = {singular(key) for key in in_use}
            save(locale, merged(locale, in_use | {key for key in given if key not in names}, given))
    compile_all()
    print(f"{len(given)} translations written")


def problems() -> list[str]:
    """Why the catalogues are not complete, one line each; empty when they are."""
    wanted = {singular(key) for key in all_messages()}
    found: list[str] = []
    for locale in LOCALES:
        present = {singular(m.id): m for m in load(locale) if m.id}
        found += [f"{locale}: not extracted: {name!r}" for name in sorted(wanted - present.keys())]
        for name, message in sorted(present.items()):
            if name not in wanted:
                found.append(f"{locale}: no longer used: {name!r}")
            elif not has_text(message):
                found.append(f"{locale}: missing: {name!r}")
            elif message.fuzzy:
                found.append(f"{locale}: fuzzy: {name!r}")
            elif isinstance(message.id, str) and sorted(PLACEHOLDER.findall(name)) != sorted(
                PLACEHOLDER.findall(str(message.string))
            ):
                found.append(f"{locale}: other placeholders: {name!r}")
    return found


def compile_all() -> None:
    for locale in LOCALES:
        buffer = io.BytesIO()
        write_mo(buffer, load(locale))
        replace(po_path(locale).with_suffix(".mo"), buffer.getvalue())


def missing() -> None:
    present = {singular(m.id) for m in load("zh_Hans_CN") if m.id and has_text(m) and not m.fuzzy}
    todo = dict.fromkeys(sorted({singular(key) for key in all_messages()} - present), "")
    print(json.dumps(todo, ensure_ascii=False, indent=1))


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract"]:
            extract()
        case ["set", file]:
            set_translations(file)
        case ["missing"]:
            missing()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = problems()
            print("\n".join(found) or "Catalogues are complete.")
            return 1 if found else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
