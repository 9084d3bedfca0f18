"""Telephone numbers as offices write them → digits (CU-1). Standard library only.

One cell may hold several numbers, labels, brackets, a lost leading zero or a number Excel has turned into 1.38E+10.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from app.core.errors import N_
from app.customers.importing.rules import Problem, error, is_excel_error, is_nothing, plain, warning

MOBILE, LANDLINE, OTHER = "mobile", "landline", "other"
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
_SEPARATORS = re.compile(
    r"[/\\、,;|\n\r]|(?<=\d)\s*(?:或|和|及|与|or)\s*(?=[\d(+])|\.(?=\s*1[3-9]\d{9})", re.IGNORECASE
)
_EXTENSION = re.compile(r"(?:转|分机|内线|ext\.?|[#*xX])\s*[:.]?\s*(\d{1,6})\s*(?:分机)?$", re.IGNORECASE)
# 手机: in front, (张先生) behind; text between the digits is no label but an address, say.
_LABELS = re.compile(r"^[^0-9+(]*(?:\([^0-9()]*\))?[^0-9+(]*|(?:[^0-9)]|(?<![0-9])\))*$")
_TEXT_BETWEEN = re.compile(r"(?<=[0-9])[()]?[\u4e00-\u9fff]+[():]*(?=[0-9(+])")
_DASHES = re.compile(r"[\u2010-\u2015\u2212_~·—]+")


@dataclass(frozen=True)
class Phone:
    """A telephone number: digits only, its kind, an extension if one was written."""

    number: str
    kind: str
    extension: str = ""


def clean_phones(value: object) -> tuple[list[Phone], list[Problem]]:
    """Every number of a cell, without repetitions.

    Error: the cell holds something, but no number can be made of it. Warnings: one of several cannot be read, a lost
    leading zero was put back, the area code is missing.
    """
    if isinstance(value, (date, datetime)):
        return [], [error("phone_invalid", "phone", N_("This is not a telephone number."))]
    if isinstance(value, float) and not value.is_integer():
        return [], [error("phone_invalid", "phone", N_("This is not a telephone number."))]
    was_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # Line breaks separate numbers, so they are kept until the cell is split.
    text = "\n".join(plain(line) for line in str(value).splitlines()) if isinstance(value, str) else plain(value)
    text = unicodedata.normalize("NFKC", text)
    if is_nothing(text.strip()):
        return [], []
    if is_excel_error(text):
        return [], [error("cell_error", "phone", N_("Excel shows an error in this cell."))]
    if re.fullmatch(r"\s*\d(\.\d+)?E\+\d+\s*", text, re.IGNORECASE):
        exact = _from_power(text)
        if exact is None:
            return [], [
                error("digits_lost", "phone", N_("Shown as a power of ten: digits are lost. Format it as text."))
            ]
        text, was_number = exact, True
    phones: list[Phone] = []
    problems: list[Problem] = []
    wrong: list[str] = []
    for part in _SEPARATORS.split(text):
        for piece in _pieces(part):
            phone, problem = _read(piece, was_number)
            if problem is not None:
                problems.append(problem)
            if phone is None:
                wrong.append(piece)
            elif all(phone.number != other.number for other in phones):
                phones.append(phone)
    return phones, problems + _judge(wrong, bool(phones))


def _judge(wrong: list[str], some_are_good: bool) -> list[Problem]:
    if not wrong:
        if some_are_good:
            return []
        return [error("phone_invalid", "phone", N_("This is not a telephone number."))]
    if some_are_good:
        return [
            warning("phone_part_invalid", "phone", N_("“%(part)s” is not a telephone number: left out."), part=part)
            for part in wrong
        ]
    digits = re.sub(r"[^0-9]", "", "".join(wrong))
    if len(wrong) == 1 and re.fullmatch(r"1\d{5,14}", digits):
        return [
            error(
                "phone_length",
                "phone",
                N_("A mobile number has 11 digits and begins with 13–19; this one has %(count)s digits."),
                count=len(digits),
            )
        ]
    return [error("phone_invalid", "phone", N_("This is not a telephone number."))]


def _from_power(text: str) -> str | None:
    """1.3800138000E+10 written out, when the mantissa still has every digit."""
    mantissa, exponent = text.strip().upper().split("E+")
    whole, _, fraction = mantissa.partition(".")
    if len(fraction) < int(exponent):
        return None
    return whole + fraction[: int(exponent)] if not fraction[int(exponent) :].strip("0") else None


def _pieces(part: str) -> list[str]:
    """Split at spaces only where every stretch is a number by itself: `138 0013 8000` is one number."""
    part = part.strip()
    if not part:
        return []
    if _read(part, False)[0] is not None:
        return [part]
    stretches = _TEXT_BETWEEN.split(part)
    if len(stretches) > 1:
        return [piece for stretch in stretches for piece in _pieces(stretch)]
    words = part.split()
    pieces: list[str] = []
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            piece = " ".join(words[start:end])
            if _read(piece, False)[0] is not None:
                pieces.append(piece)
                start = end
                break
        else:
            pieces.append(words[start])
            start += 1
    # Names and labels standing by themselves (`王 13800138000`) are no numbers gone wrong.
    with_digits = [piece for piece in pieces if re.search(r"[0-9]", piece)]
    doubled = re.sub(r"[^0-9]", "", part)
    if len(words) == 1 and re.fullmatch(r"1[3-9]\d{9}1[3-9]\d{9}", doubled):
        return [doubled[:11], doubled[11:]]
    if len(with_digits) > 1 and all(_read(piece, False)[0] is None for piece in with_digits):
        return [part]
    return with_digits


def _read(piece: str, was_number: bool) -> tuple[Phone | None, Problem | None]:
    text = _DASHES.sub("-", piece.strip())
    extension = ""
    if found := _EXTENSION.search(text):
        head = text[: found.start()]
        if len(re.sub(r"[^0-9]", "", head)) >= 7:
            extension, text = found[1], head
    text = _LABELS.sub("", text)
    if re.search(r"[^0-9+()\-\s.]", text):
        return None, None
    if found := re.fullmatch(rf"\s*((?:\(?{_AREA}\)?[-\s]*)?[2-9]\d{{6,7}})-(\d{{1,5}})\s*", text):
        text, extension = found[1], extension or found[2]
    abroad = re.match(r"\s*\(?\+", text) is not None
    digits = re.sub(r"[^0-9]", "", text)
    digits = re.sub(r"^(00)?86(?=1[3-9]\d{9}$)", "", digits)
    found = re.fullmatch(r"(?:00)?860?((?:10|2\d|[3-9]\d{2})[2-9]\d{6,7})", digits)
    if found and (abroad or digits.startswith("0086")):
        digits, abroad = "0" + found[1], False
    digits = re.sub(r"^0(?=1[3-9]\d{9}$)", "", digits)  # 0 dialled before a mobile number of another province
    return _classify(digits, extension, abroad, was_number)


def _classify(digits: str, extension: str, abroad: bool, was_number: bool) -> tuple[Phone | None, Problem | None]:
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return Phone(digits, MOBILE, extension), None
    if re.fullmatch(rf"{_AREA}[2-9]\d{{6,7}}", digits):
        return Phone(digits, LANDLINE, extension), None
    if re.fullmatch(r"[48]00\d{7}", digits):
        return Phone(digits, OTHER, extension), None
    # A number cell drops the 0 of the area code: 0571-88001234 becomes 57188001234.
    if was_number and re.fullmatch(r"10[2-9]\d{7}|2\d[2-9]\d{7}|[3-9]\d{2}[2-9]\d{6,7}", digits):
        note = warning("leading_zero", "phone", N_("The leading 0 was lost; read as %(number)s."), number="0" + digits)
        return Phone("0" + digits, LANDLINE, extension), note
    if re.fullmatch(r"[2-9]\d{6,7}", digits):
        return Phone(digits, LANDLINE, extension), warning("area_code", "phone", N_("The area code is missing."))
    if re.fullmatch(r"95\d{3,4}|96\d{3,4}", digits):
        return Phone(digits, OTHER, extension), None
    if (abroad or digits.startswith("00")) and 9 <= len(digits.lstrip("0")) <= 15:
        return Phone(digits.lstrip("0"), OTHER, extension), None
    return None, None
