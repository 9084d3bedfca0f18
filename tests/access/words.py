"""What a page in Chinese must not say: a value of the program's own, or an English word that nobody chose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

SILENT = {"script", "style", "code", "kbd", "svg"}
SAID = ("placeholder", "aria-label", "title", "alt", "data-confirm", "data-placeholder")
# The program's own words for nothing, and what it prints when somebody forgot to say how a thing reads.
OWN = re.compile(r"\b(None|True|False|null|NaN|undefined|Undefined|lazy_gettext|LazyString|Decimal|datetime)\b")
EMPTY = re.compile(r"\[\]|\{\}|<[\w.]+ (?:object )?at 0x|%\(\w+\)s|&lt;\w+ \d+&gt;")
# Words of the trade and of the keyboard that Chinese offices write in Latin letters.
ALLOWED = set(
    """Aftercare English Excel XLSX CSV PDF JSON SMTP URL QR Enter Esc Ctrl Shift Tab PNG JPG JPEG HEIC
    iCal iCalendar CNY xlsx csv""".split()
)
WORD = re.compile(r"[A-Za-z]{3,}")
# Numbers, model codes, addresses of mail and of the web, names of files, keys with dots or underscores.
CODE = re.compile(r"\S*(?:[A-Za-z]\S*[\d@_/]|[\d@_/]\S*[A-Za-z]|[A-Za-z]\.[A-Za-z]|[A-Z]+-[A-Z])\S*")


class _Text(HTMLParser):
    """The texts of a page: what is read, and what a screen reader says."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in SILENT:
            self._silent.append(tag)
        if not self._silent:
            self.texts += [text for name in SAID if (text := given.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))


def strange(html: str, allowed: set[str], data: Sequence[str] = ()) -> list[str]:
    """The texts of the page that say something they must not.

    ``allowed``: further words, such as people's logins; ``data``: what the records themselves say, the longest first.
    """
    reader = _Text()
    reader.feed(html)
    found = []
    for text in dict.fromkeys(reader.texts):
        for said in data:
            text = text.replace(said, "")
        english = set(WORD.findall(CODE.sub(" ", text))) - ALLOWED - allowed
        if OWN.search(text) or EMPTY.search(text) or english:
            found.append(text)
    return found
