"""Cleaning and judging single values of an office's list: names, telephones, dates, serial numbers, addresses.

Standard library only. Every function takes the cell's value as the file holds it and returns the clean value
together with the problems found; an *error* keeps the whole row out, a *warning* is pointed out and the row goes in.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.core.errors import N_

ERROR, WARNING = "error", "warning"
EARLIEST_SALE = date(1980, 1, 1)
MAX_WARRANTY_MONTHS = 240


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one cell: `code` is stable for machines, `message` an English message id for people."""

    severity: str
    code: str
    field: str
    message: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


def error(code: str, key: str, message: str, **params: object) -> Problem:
    return Problem(ERROR, code, key, message, params)


def warning(code: str, key: str, message: str, **params: object) -> Problem:
    return Problem(WARNING, code, key, message, params)


# --- text --------------------------------------------------------------------------------------------------

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f]")
# Full-width letters, digits and the signs found inside codes; Chinese punctuation stays as written.
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（），；：！？"}
_HALF |= {0x3000: 0x20, 0x00A0: 0x20}
_CJK = "\u3400-\u9fff\uf900-\ufaff"
_GAP = re.compile(rf"(?<=[{_CJK}（）])\s+(?=[{_CJK}（）])")
_NOTHING = set(
    "无 没有 不详 未知 不明 暂无 待补 未填 空 略 同 / \\ - -- --- — —— － _ . 。 * ? ？ 0 n/a na none null nil 未提供 无号 无机号".split()
)
_EXCEL_ERROR = re.compile(r"#(REF!|VALUE!|N/A|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#+)|#{3,}")
_TOTAL = re.compile(r"^(合计|总计|小计|共计|累计|总共|本页合计|本月合计|全部合计|以下空白|共\d+(户|台|条|人|家|行|个))")
_FOOTER = re.compile(
    r"^(制表|填表|填报|审核|审批|复核|打印|录入人|统计人|单位负责人|单位盖章|盖章|注[:：]|备注[:：]|说明[:：]|第\d+页)"
)


def plain(value: object) -> str:
    """The value as one line of text: integers without `.0`, no invisible characters, half-width letters and digits."""
    if value is None:
        return ""
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 1e20 else repr(value)
    if isinstance(value, datetime):
        value = value.strftime("%Y-%m-%d")
    text = _INVISIBLE.sub("", str(value)).translate(_HALF)
    return re.sub(r"\s+", " ", text).strip().lstrip("'`").strip()


def tidy(value: object) -> str:
    """Plain text without the spaces offices put between Chinese characters (`张　三`)."""
    return _GAP.sub("", plain(value))


def is_nothing(text: str) -> bool:
    """Whether the text only says that there is nothing (`无`, `/`, `不详`, `N/A`)."""
    return not text or text.lower() in _NOTHING


def is_excel_error(text: str) -> bool:
    """`#REF!`, `#N/A`, `########` …"""
    return bool(_EXCEL_ERROR.fullmatch(text))


def not_a_row(texts: list[str]) -> str | None:
    """Why a line is no record – the code of a total or footer line – or None when it is one."""
    first = next((text for text in texts if text), "")
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", first))
    if _TOTAL.match(bare):
        return "total"
    if _FOOTER.match(bare) and sum(bool(text) for text in texts) <= 6:
        return "footer"
    return None


def name_key(name: str) -> str:
    """What two spellings of one customer's name have in common: width, case, spaces, brackets, 先生/女士."""
    key = re.sub(r"[\s()\[\]·.,,、\-—_]+", "", unicodedata.normalize("NFKC", name)).casefold()
    bare = re.sub(r"(先生|女士|小姐|老师|师傅)$", "", key)
    return bare if len(bare) >= 2 else key


_ORGANISATION = re.compile(
    r"公司|集团|工厂|厂$|店$|商店|酒店|宾馆|饭店|门诊|药房|餐厅|超市|商场|学校|大学|中学|小学|学院|幼儿园|医院|诊所|卫生|银行|信用社|"
    r"研究[所院]|设计院|事务所|中心|委员会|居委会|村委会|政府|机关|[^ ]局$|[法检]院|派出所|部队|协会|基金会|物业|管理处|办事处|"
    r"工作室|俱乐部|合作社|经营部|门市部|服务部|营业部|分部$|支行|[总分]部$|站$|co\.|ltd|inc\b|company|hotel",
    re.IGNORECASE,
)


def kind_of(name: str, said: str = "") -> str:
    """`organisation` or `person`, from the list's own column when it has one, else from the name."""
    if re.search(r"单位|企业|公司|组织|机关|团体|集团", said):
        return "organisation"
    if re.search(r"个人|私人|家庭|自然人|居民", said):
        return "person"
    return "organisation" if _ORGANISATION.search(name) else "person"


def clean_name(value: object, limit: int = 100) -> tuple[str, list[Problem]]:
    """A customer's name. Errors: missing, only a number, an Excel error, longer than `limit`."""
    text = tidy(value)
    if is_nothing(text):
        return "", [error("name_missing", "name", N_("The customer's name is missing."))]
    if is_excel_error(text):
        return "", [error("cell_error", "name", N_("Excel shows an error in this cell."))]
    if not re.search(r"[^\W\d_]", text):
        return "", [error("name_not_a_name", "name", N_("This is not a name. Are the columns shifted?"))]
    if len(text) > limit:
        return "", [error("too_long", "name", N_("Longer than %(limit)s characters."), limit=limit)]
    return text, []


def clean_text(value: object, key: str, limit: int) -> tuple[str, list[Problem]]:
    """An optional text; what does not fit is cut with a warning."""
    text = tidy(value)
    if is_nothing(text) or is_excel_error(text):
        return "", []
    if len(text) > limit:
        return text[:limit], [warning("cut", key, N_("Cut to %(limit)s characters."), limit=limit)]
    return text, []


def clean_email(value: object) -> tuple[str, list[Problem]]:
    """An e-mail address; one that cannot be is left out with a warning."""
    text = unicodedata.normalize("NFKC", plain(value)).replace(" ", "").strip("<>;,")
    text = re.sub(r"^(mailto|e-?mail|邮箱):", "", text, flags=re.IGNORECASE)
    if is_nothing(text):
        return "", []
    if len(text) > 128 or not re.fullmatch(r"[\w.+%'-]+@[\w-]+(\.[\w-]+)+", text):
        return "", [warning("email_invalid", "email", N_("Not an e-mail address: left out."))]
    return text, []


# --- dates -------------------------------------------------------------------------------------------------

_CHINESE_DIGITS = str.maketrans("〇零○O一二三四五六七八九", "0000123456789")
_YMD = re.compile(r"(\d{4}|\d{2})[年./\-,\\ ]+(\d{1,2})[月./\-,\\ ]+(\d{1,2})[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})")
_TIME = re.compile(
    r"[T ]*(上午|下午)?\s*\d{1,2}[:时点]\d{1,2}([:分]\d{1,2}(\.\d+)?)?秒?分?\s*(AM|PM)?Z?$", re.IGNORECASE
)
_WEEKDAY = re.compile(r"[(\[]?(星期|周|礼拜)[一二三四五六日天][)\]]?")
_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}


def clean_date(
    value: object, today: date, *, date1904: bool = False, earliest: date = EARLIEST_SALE
) -> tuple[date | None, list[Problem]]:
    """A sale date from a date cell, an Excel day number or text in any usual form; None when the cell is empty.

    Errors: no date in it, a day that does not exist, day or month missing, in the future, before `earliest`.
    """
    try:
        day = _read_date(value, today, date1904)
    except _Undated as problem:
        return None, [error(problem.code, "sold_on", problem.message)]
    if day is None:
        return None, []
    if day > today:
        return None, [error("date_future", "sold_on", N_("The date is in the future."))]
    if day < earliest:
        return None, [error("date_too_old", "sold_on", N_("The date is before %(year)s."), year=earliest.year)]
    return day, []


class _Undated(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


_NO_DATE = ("date_invalid", N_("This is not a date we can read."))
_NO_SUCH_DAY = ("date_impossible", N_("There is no such day."))
_NO_DAY = ("date_incomplete", N_("The date is incomplete: year, month and day are needed."))
_AMBIGUOUS = ("date_ambiguous", N_("Day and month cannot be told apart: write 2024-03-05."))


def _read_date(value: object, today: date, date1904: bool) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value == 0:
            return None
        if value < 200_000 and value >= 10_000:
            return _from_day_number(value, date1904)
        if not float(value).is_integer():
            raise _Undated(*(_NO_DAY if 1900 <= value < 2100 else _NO_DATE))
        return _from_digits(str(int(value)), today, date1904)
    if value is not None and not isinstance(value, str):
        raise _Undated(*_NO_DATE)
    text = unicodedata.normalize("NFKC", plain(value)).replace("⽇", "日")
    if is_nothing(text):
        return None
    text = _WEEKDAY.sub("", text).strip(" .,;。")
    text = _TIME.sub("", text).strip(" ,") if re.search(r"\d[日号 T]", text) else text
    if re.search(r"[一二三四五六七八九〇零○十]", text):
        text = _from_chinese(text)
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        raise _Undated(*_NO_DATE)
    if text.isdigit():
        return _from_digits(text, today, date1904)
    return _from_text(text, today)


def _from_day_number(value: float, date1904: bool) -> date:
    """Excel's count of days; 1900 system counts a 29 February 1900 that never was."""
    start = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    return start + timedelta(days=int(value))


def _from_digits(text: str, today: date, date1904: bool) -> date:
    if len(text) == 8:
        return _day(text[:4], text[4:6], text[6:], today)
    if len(text) == 14:
        return _day(text[:4], text[4:6], text[6:8], today)
    if len(text) == 5 and 20_000 <= int(text) <= 60_000:
        return _from_day_number(int(text), date1904)
    if len(text) == 6:
        if text[:2] in ("19", "20") and 1 <= int(text[4:]) <= 12 and not 1 <= int(text[2:4]) <= 12:
            raise _Undated(*_NO_DAY)
        if text[:2] in ("19", "20") and 1 <= int(text[4:]) <= 12:
            raise _Undated(*_AMBIGUOUS)
        return _day(text[:2], text[2:4], text[4:], today)
    if len(text) == 4 and 1980 <= int(text) <= 2100:
        raise _Undated(*_NO_DAY)
    raise _Undated(*_NO_DATE)


def _from_text(text: str, today: date) -> date:
    if found := _YMD.fullmatch(text):
        return _day(found[1], found[2], found[3], today)
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = found.groups()
        if int(first) > 12 >= int(second):
            return _day(year, second, first, today)
        if int(second) > 12 >= int(first) or first == second:
            return _day(year, first, second, today)
        raise _Undated(*(_AMBIGUOUS if int(first) <= 12 else _NO_SUCH_DAY))
    if found := re.fullmatch(r"(\d{1,2})[- ]([A-Za-z]{3,9})[-, ]+(\d{4}|\d{2})", text):
        month = _MONTHS.get(found[2][:3].lower())
        if month:
            return _day(found[3], str(month), found[1], today)
    if found := re.fullmatch(r"([A-Za-z]{3,9})[. ]+(\d{1,2})(?:st|nd|rd|th)?[, ]+(\d{4})", text):
        month = _MONTHS.get(found[1][:3].lower())
        if month:
            return _day(found[3], str(month), found[2], today)
    if re.fullmatch(r"\d{4}[年./\- ]+\d{1,2}月?|\d{4}年?|\d{1,2}[月./\-]\d{1,2}[日号]?", text):
        raise _Undated(*_NO_DAY)
    raise _Undated(*_NO_DATE)


def _from_chinese(text: str) -> str:
    """二〇二四年三月十五日 → 2024年3月15日."""

    def tens(found: re.Match[str]) -> str:
        high, low = found[1].translate(_CHINESE_DIGITS) or "1", found[2].translate(_CHINESE_DIGITS) or "0"
        return high + low

    return re.sub(r"([一二三]?)十([一二三四五六七八九]?)", tens, text).translate(_CHINESE_DIGITS)


def _day(year: str, month: str, day: str, today: date) -> date:
    full = int(year)
    if len(year) == 2:  # 24-3-5: this century unless that were in the future
        full += 2000 if full <= today.year % 100 + 1 else 1900
    try:
        return date(full, int(month), int(day))
    except ValueError:
        raise _Undated(*_NO_SUCH_DAY) from None


# --- products ----------------------------------------------------------------------------------------------


def clean_model(value: object, limit: int = 48) -> tuple[str, list[Problem]]:
    """A product model; empty when the row names none. Errors: a date Excel made of it, an Excel error, too long."""
    if isinstance(value, (date, datetime)):
        return "", [error("model_is_date", "model", N_("Excel has turned the model into a date: format it as text."))]
    text = tidy(value)
    if is_nothing(text):
        return "", []
    if is_excel_error(text):
        return "", [error("cell_error", "model", N_("Excel shows an error in this cell."))]
    if len(text) > limit:
        return "", [error("too_long", "model", N_("Longer than %(limit)s characters."), limit=limit)]
    return text, []


def model_key(model: str) -> str:
    """What two spellings of one model have in common: width, case, spaces, kind of dash."""
    text = unicodedata.normalize("NFKC", model)
    return re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"\s+", "", text)).upper()


def clean_serial(value: object, limit: int = 64) -> tuple[str, list[Problem]]:
    """A serial number in capitals without spaces; empty when missing.

    Errors: a number of more than 15 digits (Excel has dropped the rest), digits lost in 1.2E+11, a date, too long.
    """
    if isinstance(value, (date, datetime)):
        return "", [error("serial_is_date", "serial", N_("Excel has turned the serial number into a date."))]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not float(value).is_integer():
            return "", [error("serial_invalid", "serial", N_("This is not a serial number."))]
        if abs(value) >= 10**15:
            return "", [
                error("digits_lost", "serial", N_("Excel keeps 15 digits of a number: the last ones are lost."))
            ]
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", plain(value)))
    text = re.sub(r"^(s/?n|序列号|机号|机身号|no\.?)[:：#]", "", text, flags=re.IGNORECASE)
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text).strip("。,;、").upper()
    if is_nothing(text.lower()):
        return "", []
    if is_excel_error(text):
        return "", [error("cell_error", "serial", N_("Excel shows an error in this cell."))]
    if re.fullmatch(r"\d(\.\d+)?E\+\d+", text):
        return "", [error("digits_lost", "serial", N_("Shown as a power of ten: digits are lost. Format it as text."))]
    if len(text) > limit:
        return "", [error("too_long", "serial", N_("Longer than %(limit)s characters."), limit=limit)]
    return text, []


def clean_warranty(value: object, heading: str = "") -> tuple[int | None, list[Problem]]:
    """Months of warranty from `12`, `12个月`, `1年`, `两年半`; None when the cell is empty or cannot be read."""
    text = unicodedata.normalize("NFKC", plain(value)).replace(" ", "")
    if is_nothing(text) and text != "0":
        return None, []
    spelled = text.replace("两", "二").replace("半年", "6个月") if text.startswith("半年") else text.replace("两", "二")
    half = 6 if "年半" in spelled else 0
    spelled = _from_chinese(spelled.replace("年半", "年"))
    found = re.fullmatch(
        r"(\d+(?:\.\d+)?)(年|y|years?|个?月|m|months?|天|日)?(?:保修|质保)?", spelled, re.IGNORECASE | re.ASCII
    )
    if not found:
        return None, [
            warning("warranty_invalid", "warranty", N_("Not a number of months: the model's warranty is used."))
        ]
    unit = found[2] or ("年" if "年" in heading else "月")
    factor = Decimal(12) if unit[0] in "年yY" else Decimal(1) / 30 if unit in "天日" else Decimal(1)
    months = int((Decimal(found[1]) * factor).to_integral_value()) + half
    if months > MAX_WARRANTY_MONTHS:
        return None, [
            warning("warranty_invalid", "warranty", N_("Not a number of months: the model's warranty is used."))
        ]
    return months, []


def clean_quantity(value: object) -> tuple[int, list[Problem]]:
    """How many; more than one is pointed out, for every product has a voucher of its own (SO-3)."""
    found = re.fullmatch(r"(\d{1,6})(\.0+)?[台件个套部只]?", unicodedata.normalize("NFKC", plain(value)), re.ASCII)
    count = int(found[1]) if found else 1
    if count > 1:
        return count, [
            warning(
                "quantity",
                "quantity",
                N_(
                    "%(count)s products in one row: one is entered, the others need rows of "
                    "their own with serial numbers."
                ),
                count=count,
            )
        ]
    return count, []


_CATEGORIES = (
    ("refrigerator", r"冰箱|冰柜|冷柜|酒柜|^BC?D-|\bBC?D[-/]"),
    ("washing_machine", r"洗衣机|干衣机|烘干机|\b(XQB|XQG|TB|TG)\d"),
    ("air_conditioner", r"空调|\bKFR?D?[-\d]|风管机|柜机|挂机"),
    ("television", r"电视|彩电|平板|\bTV\b"),
    ("water_heater", r"热水器|壁挂炉|\bJSQ"),
    ("kitchen", r"油烟机|烟机|灶|烤箱|微波炉|洗碗机|消毒柜|电饭煲|蒸箱|净水"),
)


def category_of(words: str) -> str:
    """The product category a name or model code speaks of, `other` when it says nothing."""
    return next((key for key, pattern in _CATEGORIES if re.search(pattern, words, re.IGNORECASE)), "other")
