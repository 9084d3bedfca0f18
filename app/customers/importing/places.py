"""Which district an address lies in, by the names in the district table (SO-15). Standard library only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A district as the table holds it."""

    id: int
    code: str
    city: str
    name: str
    branch_id: int

    def __str__(self) -> str:
        return f"{self.city}{self.name}"


# Name of the district that takes a branch's addresses until somebody finds out where they lie.
PENDING = "地区待定"


def pending_code(branch_code: str) -> str:
    """Code of a branch's pending district."""
    return f"{branch_code}-00"


@dataclass(frozen=True)
class Found:
    """A district, how sure we are of it, and the address without the words the district already says."""

    place: Place
    line: str
    how: str  # named · city (only the city was named: pending, its branch) · unknown (pending, the default branch)


_SUFFIX = re.compile(r"(新区|区|县|市|旗)$")
# 西湖大道 is not the district 西湖.
_NOT_A_ROAD = r"(?!路|大道|街|大街|道|桥|广场|公园|新村|花园|巷|弄)"


def stem(name: str) -> str:
    """杭州市 → 杭州; a name of two characters stays whole."""
    short = _SUFFIX.sub("", name)
    return short if len(short) >= 2 else name


def line_key(line: str) -> str:
    """What two spellings of one address have in common."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", line)).casefold()


def find_place(
    line: str, said: Sequence[str], places: Sequence[Place], pending: Mapping[int, Place], branch_id: int
) -> Found:
    """The district of an address. `said` holds the list's own province, city and district cells ("" when absent).

    Order: the list's district column, a district named in the address; else the `pending` district of the branch
    that serves the city, or of `branch_id`: a guess would look like knowledge. Of several districts with one name the
    city in the text decides, then the branch.
    """
    text = "".join(said) + line
    own = said[-1] if said else ""
    city = said[-2] if len(said) > 1 else ""
    possible = [place for place in places if not city or stem(place.city) in city]
    named = _named_in_column(own, possible) if own else []
    if not named:
        named = _named_in_text(text, possible)
    place = _choose(named, text, branch_id)
    if place is not None:
        return Found(place, _without_district(line, place), "named")
    of_city = [p for p in places if re.search(rf"{re.escape(stem(p.city))}(市|(?!路|街|大道))", text)]
    if of_city and len({p.city for p in of_city}) == 1:
        branches = {p.branch_id for p in of_city}
        serving = branch_id if branch_id in branches else min(of_city, key=lambda p: p.code).branch_id
        return Found(pending[serving], line, "city")
    return Found(pending[branch_id], line, "unknown")


def _named_in_column(own: str, places: Sequence[Place]) -> list[Place]:
    words = re.sub(r"\s+", "", own)
    return [place for place in places if words in (place.name, str(place), stem(place.name))]


def _named_in_text(text: str, places: Sequence[Place]) -> list[Place]:
    hits: list[tuple[int, int, Place]] = []
    for place in places:
        at = text.find(place.name)
        if at >= 0 and _city_fits(place, text, at):
            hits.append((at, -len(place.name), place))
    if not hits:
        for place in places:
            pattern = rf"{re.escape(stem(place.city))}市?{re.escape(stem(place.name))}{_NOT_A_ROAD}"
            if found := re.search(pattern, text):
                hits.append((found.start(), -len(place.name), place))
    if not hits:
        return []
    first = min(hit[:2] for hit in hits)
    return [place for at, length, place in hits if (at, length) == first]


def _city_fits(place: Place, text: str, at: int) -> bool:
    """An address that names another city before the district is not in ours (北京市朝阳区, 长春市朝阳区)."""
    before = text[:at]
    return stem(place.city) in before or not re.search(r"[\u4e00-\u9fff]{2}市", before)


def _choose(named: list[Place], text: str, branch_id: int) -> Place | None:
    if len(named) > 1:
        in_city = [p for p in named if stem(p.city) in text]
        named = in_city or [p for p in named if p.branch_id == branch_id] or named
    return named[0] if len(named) == 1 else None


def _without_district(line: str, place: Place) -> str:
    """文三路100号 of 浙江省杭州市西湖区文三路100号: the district's row already says the rest."""
    pattern = (
        rf"(?:中国)?(?:[\u4e00-\u9fff]{{2,8}}?(?:省|自治区))?\s*(?:{re.escape(stem(place.city))}市?)?\s*"
        rf"(?:{re.escape(stem(place.city))}市?)?\s*{re.escape(place.name)}"
    )
    rest = re.sub(rf"^{pattern}[\s,，、:：\-]*", "", line)
    return rest or line
