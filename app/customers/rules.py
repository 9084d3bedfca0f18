"""Customers, their products and the service vouchers: vocabulary and pure rules (CU-1, SO-1, SO-3)."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date

from app.core.errors import N_, Refused

# Four digits are what a caller remembers of a number, or what a display shows of it.
SHORTEST_SEARCH = 4
SHORTEST_TELEPHONE, LONGEST_TELEPHONE = 5, 20

# Longer tails add nothing: what is typed beyond it is compared with the row itself.
KEY_LENGTH = 20
# The shortest tail kept: of two Chinese characters, of a number what people give of it.
SHORTEST_TAIL, SHORTEST_ASCII_TAIL = 2, 3

CUSTOMER_KINDS = ("person", "organisation")
CUSTOMER_KIND_LABELS = {"person": N_("Person"), "organisation": N_("Organisation")}
# What a number swapped in a repair belongs to (SO-17).
SERIAL_KINDS = ("serial", "sim", "module")
SERIAL_KIND_LABELS = {"serial": N_("Serial number"), "sim": N_("SIM card"), "module": N_("Number of a module")}
TELEPHONE_KINDS = ("mobile", "landline", "other")
TELEPHONE_KIND_LABELS = {
    "mobile": N_("Mobile"),
    "landline": N_("Landline"),
    "other": N_("Other"),
}
CATEGORIES = (
    "refrigerator",
    "washing_machine",
    "air_conditioner",
    "television",
    "water_heater",
    "kitchen",
    "other",
)
CATEGORY_LABELS = {
    "refrigerator": N_("Refrigerator"),
    "washing_machine": N_("Washing machine"),
    "air_conditioner": N_("Air conditioner"),
    "television": N_("Television"),
    "water_heater": N_("Water heater"),
    "kitchen": N_("Kitchen appliance"),
    "other": N_("Other"),
}


def warranty_end(sold_on: date, months: int) -> date:
    """Last day of a warranty of so many months: 2024-01-31 + 1 month ends on 2024-02-29 (SO-3)."""
    month = sold_on.month - 1 + months
    year, month = sold_on.year + month // 12, month % 12 + 1
    return date(year, month, min(sold_on.day, calendar.monthrange(year, month)[1]))


def in_warranty(warranty_until: date | None, on: date) -> bool:
    """Whether the product is within warranty on this day; the last day counts (SO-1)."""
    return warranty_until is not None and on <= warranty_until


def telephone_digits(text: str) -> str:
    """The digits of a telephone number however it was written or dialled; ``""`` when there are none (CU-1).

    Full-width digits, spaces, brackets and dashes, the country code (``+86``, ``0086``), the 0 dialled before a mobile
    number and an extension (``转 801``) all fall away: ``＋86 138-0013-8000`` is ``13800138000``.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = re.split(r"转|分机|内线|ext|#|x", plain, maxsplit=1, flags=re.IGNORECASE)[0]
    abroad = plain.strip().lstrip("(").startswith("+")
    digits = "".join(sign for sign in plain if sign in "0123456789")
    if digits.startswith("0086"):
        abroad, digits = True, digits[2:]
    if abroad and digits.startswith("86") and len(digits) > 7:
        digits = digits[2:]
        if not re.fullmatch(r"1[3-9]\d{9}|[48]00\d{7}|0\d+", digits):
            digits = "0" + digits  # the 0 of the area code is not dialled from abroad
    return re.sub(r"^(?:86|0)(?=1[3-9]\d{9}$)", "", digits)


def telephone(text: str) -> str:
    """The digits of a number given for a customer. Raises ``Refused`` when it cannot be one (CU-1)."""
    digits = telephone_digits(text)
    if not SHORTEST_TELEPHONE <= len(digits) <= LONGEST_TELEPHONE:
        raise Refused(N_("“%(number)s” is not a telephone number."), field="number", number=text.strip())
    return digits


def pieces(text: str) -> list[str]:
    """The parts of a line in which several numbers may stand: commas, semicolons, slashes, line breaks separate them."""
    return [piece for piece in re.split(r"[,;/、，；／\n\r]+", text) if piece.strip()]


def telephones(text: str) -> list[str]:
    """Every number of such a line, digits only, each once. Raises ``Refused`` for one that is none (CU-1)."""
    return list(dict.fromkeys(telephone(piece) for piece in pieces(text)))


def telephone_kind(digits: str) -> str:
    """``mobile``, ``landline`` or ``other`` (400 numbers, hot lines)."""
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return "mobile"
    if re.fullmatch(r"0\d{9,11}|[2-9]\d{6,7}", digits):
        return "landline"
    return "other"


def asks_for_telephone(text: str) -> str | None:
    """The digits to look for when ``text`` may be a telephone number or its last digits, else None (CU-1)."""
    if re.search(r"[^\d\s()+\-./]", unicodedata.normalize("NFKC", text).replace("转", "")):
        return None
    digits = telephone_digits(text)
    return digits if len(digits) >= SHORTEST_SEARCH else None


def normal_serial(text: str | None) -> str | None:
    """A serial number in capitals, half-width, without spaces; None when it is missing (SO-3)."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or "")).upper()
    plain = re.sub("[\u2010-\u2015\u2212]", "-", plain)
    return plain or None


def derived_warranty(sold_on: date | None, months: int) -> date | None:
    """The warranty's last day, if the day of sale is known (SO-3)."""
    return None if sold_on is None else warranty_end(sold_on, months)


def check_dates(sold_on: date | None, warranty_until: date | None, today: date) -> None:
    """Raise ``Refused`` for a sale in the future or a warranty that ends before the sale (SO-3)."""
    if sold_on is not None and sold_on > today:
        raise Refused(N_("The day of sale is in the future."), field="sold_on")
    if sold_on is not None and warranty_until is not None and warranty_until < sold_on:
        raise Refused(N_("The warranty ends before the day of sale."), field="warranty_until")


# -- searching (CU-1, SO-4) ---------------------------------------------------------------------------------------


def search_word(text: str) -> str:
    """``text`` as it is searched for: half-width, lower case, without spaces, dashes and other signs."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def search_keys(text: str) -> set[str]:
    """The keys of a name or number: itself and its tails, so that what stands anywhere in it begins a key.

    ``张伟明`` gives 张伟明 and 伟明; ``13800000001`` gives 13800000001, 3800000001 … 001.
    """
    word = search_word(text)
    shortest = SHORTEST_ASCII_TAIL if word.isascii() else SHORTEST_TAIL
    starts = range(max(len(word) - shortest + 1, 1)) if word else ()
    return {word[start : start + KEY_LENGTH] for start in starts}


def search_range(word: str) -> tuple[str, str]:
    """First key and the end (not included) of the keys that begin with ``word``; byte order is that of code points."""
    begin = word[:KEY_LENGTH]
    return begin, begin[:-1] + chr(ord(begin[-1]) + 1)


def asked_words(text: str) -> list[str]:
    """What to search for: a telephone number as one word however it is grouped, else the words typed, all to be found."""
    digits = asks_for_telephone(text)
    if digits is not None:
        return [digits]
    return [word for word in map(search_word, text.split()[:4]) if word]
