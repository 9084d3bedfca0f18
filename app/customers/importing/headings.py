"""Which column is which: the headings offices write, matched to the fields we know.

Standard library only. A heading is reduced to its bare words (`电 话（必填）*` → `电话`), compared
with the table of names below, and only then searched for the words it contains, because
`联系人电话` must be a telephone and not a contact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.core.errors import N_

# field → (what the office calls it on our screens, names seen in lists)
FIELDS: dict[str, tuple[str, Sequence[str]]] = {
    "name": (
        N_("Customer"),
        (
            "客户名称 客户姓名 姓名 用户名 用户名称 用户姓名 单位名称 客户 用户 单位 公司名称 公司 名称 顾客姓名 顾客名称 顾客 "
            "客户单位 使用单位 用户单位 购买人 购机人 机主 机主姓名 业主 业主姓名 客户名 购货单位 收货人 户名 客户全称 单位全称 "
            "会员姓名 name customer customername client clientname fullname company"
        ).split(),
    ),
    "phone": (
        N_("Telephone"),
        (
            "电话 联系电话 手机 固定电话 手机号 手机号码 电话号码 联系方式 移动电话 固话 座机 座机号 客户电话 用户电话 顾客电话 "
            "办公电话 单位电话 家庭电话 住宅电话 宅电 联系手机 联系号码 来电号码 客户手机 用户手机 客户手机号 联系人电话 "
            "联系人手机 联系人手机号 备用电话 其他电话 其它电话 第二电话 另一电话 号码 收货人电话 机主电话 业主电话 公司电话 "
            "电话手机 手机电话 tel telephone phone phonenumber mobile mobilephone cell"
        ).split(),
    ),
    "address": (
        N_("Address"),
        (
            "地址 详细地址 联系地址 客户地址 用户地址 安装地址 送货地址 收货地址 家庭地址 住址 家庭住址 单位地址 公司地址 "
            "通讯地址 通信地址 服务地址 维修地址 上门地址 使用地址 街道地址 地址详情 顾客地址 住所 address addr"
        ).split(),
    ),
    "province": (N_("Province"), ("省", "省份", "所在省", "所在省份", "省自治区", "省市", "province")),
    "city": (N_("City"), ("市", "城市", "所在市", "所在城市", "地市", "地级市", "city")),
    "district": (
        N_("District"),
        "区 行政区 区县 县区 所在区 所在区县 行政区域 区域 所属区域 所属区 所属行政区 区市县 县市区 县 district".split(),
    ),
    "contact": (
        N_("Contact"),
        "联系人 联络人 联系人姓名 经办人 负责人 客户联系人 收件人 对接人 contact contactperson contactname".split(),
    ),
    "email": (
        N_("E-mail"),
        "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 电邮 客户邮箱 联系邮箱 email mail emailaddress".split(),
    ),
    "kind": (N_("Customer type"), "客户类型 客户类别 客户性质 用户类型 用户性质 用户类别".split()),
    "model": (
        N_("Product model"),
        (
            "型号 商品型号 产品型号 机型 规格型号 型号规格 设备型号 机器型号 机器型号规格 产品规格 规格 货品型号 品名型号 "
            "品名及型号 产品名称及型号 品牌型号 机种 产品机型 购买型号 model modelno modelnumber productmodel"
        ).split(),
    ),
    "product_name": (
        N_("Product name"),
        "品名 产品名称 商品名称 产品 商品 设备名称 机器名称 货品名称 产品品名 产品类别 商品类别 品类 产品类型 设备 product".split(),
    ),
    "serial": (
        N_("Serial number"),
        (
            "序列号 机号 机身号 sn sn号 sn码 s/n 出厂编号 机身编号 机器编号 机器号 产品序列号 商品序列号 产品编号 设备编号 "
            "机编 机身条码 条码 产品条码 机身码 序列号码 机器序列号 设备序列号 出厂号 机身序列号 整机编号 编码 产品编码 "
            "主机编号 主机号 serial serialno serialnumber"
        ).split(),
    ),
    "sold_on": (
        N_("Sale date"),
        (
            "购买日期 销售日期 购机日期 购买时间 销售时间 购机时间 出售日期 售出日期 购货日期 购入日期 发票日期 开票日期 "
            "销售日 购买日 购日 售日 日期 成交日期 提货日期 交货日期 卖出日期 sold soldon saledate purchasedate dateofpurchase date"
        ).split(),
    ),
    "warranty": (
        N_("Warranty (months)"),
        "保修期 保修 质保期 质保 保修月数 保修年限 质保年限 保修期限 质保期限 保用期 保修时间 warranty warrantymonths".split(),
    ),
    "quantity": (N_("Quantity"), "数量 台数 件数 购买数量 qty quantity".split()),
    "note": (N_("Remarks"), "备注 说明 附注 备考 注 其他 其它 remark remarks note notes comment".split()),
}
# Known, and deliberately not read.
KNOWN_BUT_UNUSED = set(
    "序号 编号 号 no 行号 客户编号 客户代码 用户编号 合同号 发票号 发票号码 单价 金额 价格 总价".split()
)

# Tried in this order when no name fits as a whole: the more telling word first.
_CONTAINED: tuple[tuple[str, str], ...] = (
    ("电话", "phone"),
    ("手机", "phone"),
    ("固话", "phone"),
    ("座机", "phone"),
    ("联系方式", "phone"),
    ("邮箱", "email"),
    ("电子邮件", "email"),
    ("地址", "address"),
    ("住址", "address"),
    ("序列号", "serial"),
    ("机身号", "serial"),
    ("机号", "serial"),
    ("出厂编号", "serial"),
    ("机身编号", "serial"),
    ("型号", "model"),
    ("机型", "model"),
    ("购买日", "sold_on"),
    ("销售日", "sold_on"),
    ("购机日", "sold_on"),
    ("售出日", "sold_on"),
    ("联系人", "contact"),
    ("保修期", "warranty"),
    ("质保期", "warranty"),
    ("备注", "note"),
    ("行政区", "district"),
    ("客户名", "name"),
    ("客户姓名", "name"),
    ("单位名称", "name"),
    ("用户名", "name"),
    ("姓名", "name"),
    ("产品名称", "product_name"),
    ("商品名称", "product_name"),
    ("品名", "product_name"),
)
# A heading with one of these is about something else, whatever else it contains.
_MISLEADING = re.compile(
    r"到期|截止|止日|结束|安装日|维修|服务日|回访|业务员|销售员|技术员|送货员|导购|经销商|门店|店名|代码|是否|生日|身份证"
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
_NOISE = re.compile(r"[\s*:;,.。、_\-—–·#?!'\"“”‘’()\[\]【】/\\|&+与及或和\u200b-\u200f\ufeff]+")
_EXACT = {re.sub(_NOISE, "", n): key for key, (_, names) in FIELDS.items() for n in names}
# A list is recognised by a customer's name (or a contact) together with one of these.
_COMPANIONS = {"phone", "address", "model", "serial", "sold_on"}
_MANY = {"phone", "note"}
# Names that often mean something else: they give way to a clearer heading further right.
_WEAK = set(
    "编码 条码 产品编号 设备编号 产品编码 产品条码 日期 名称 号码 公司 单位 客户 用户 规格 产品规格 区域 产品 编号 date name".split()
)
_OF_AN_ORGANISATION = re.compile(r"单位|公司|购货")


def bare(heading: object) -> str:
    """The heading without spaces, brackets, stars, line breaks, full-width forms or a trailing number."""
    text = unicodedata.normalize("NFKC", str(heading or "")).lower()
    without = _NOISE.sub("", _BRACKETS.sub("", text))
    if not without:  # 「(电话)」: the brackets hold the heading itself
        without = _NOISE.sub("", text)
    return re.sub(r"(?<=\D)[0-9一二三]$", "", without) if len(without) > 1 else without


def field_for(heading: object) -> str | None:
    """The field a heading names, or None when we do not know it."""
    words = bare(heading)
    if not words or len(words) > 20 or words in KNOWN_BUT_UNUSED:
        return None
    if words in _EXACT:
        return _EXACT[words]
    if _MISLEADING.search(words):
        return None
    return next((key for part, key in _CONTAINED if part in words), None)


@dataclass(frozen=True)
class Columns:
    """The columns of one sheet: field → column indexes (0-based), in the order they stand."""

    heading_row: int  # 1-based
    of: dict[str, list[int]]
    names: dict[int, str]  # column index → heading as written
    unread: list[str] = field(default_factory=list)
    person_may_stand_for_name: bool = False  # 单位名称 and 姓名 side by side: a private customer fills only the latter

    def name_of(self, key: str) -> str:
        """The heading as the office wrote it, else the first usual name of the field."""
        indexes = self.of.get(key)
        return self.names[indexes[0]] if indexes else FIELDS[key][1][0]


def read_headings(row: Sequence[object], number: int) -> Columns:
    """Columns of a row taken as headings; a field named twice keeps the clearer one (telephones keep all)."""
    of: dict[str, list[int]] = {}
    names: dict[int, str] = {}
    unread: list[str] = []
    for index, value in enumerate(row):
        text = re.sub(r"\s+", "", str(value)) if value is not None else ""
        if not text:
            continue
        key = field_for(value)
        names[index] = text
        if key is None:
            unread.append(text)
        elif key not in of or key in _MANY:
            of.setdefault(key, []).append(index)
        elif key == "name" and "contact" not in of and _one_is_an_organisation(names[of["name"][0]], text):
            _pair_name_and_contact(of, index, text)
        elif bare(names[of[key][0]]) in _WEAK and bare(text) not in _WEAK:
            unread.append(names[of[key][0]])
            of[key] = [index]
        else:
            unread.append(text)
    paired = "name" in of and "contact" in of and not any("联系" in names[i] for i in of["contact"])
    if "name" not in of and "contact" in of:  # a list of persons headed 联系人
        of["name"] = of.pop("contact")
    if "model" not in of and "product_name" in of:  # 产品 is all some lists have
        of["model"] = of.pop("product_name")
    return Columns(number, of, names, unread, paired)


def _one_is_an_organisation(first: str, second: str) -> bool:
    return bool(_OF_AN_ORGANISATION.search(first)) != bool(_OF_AN_ORGANISATION.search(second))


def _pair_name_and_contact(of: dict[str, list[int]], index: int, heading: str) -> None:
    if _OF_AN_ORGANISATION.search(heading):
        of["contact"], of["name"] = of["name"], [index]
    else:
        of["contact"] = [index]


def score(columns: Columns) -> int:
    """How many fields the row names; 0 when it cannot be the heading of a customer list."""
    if "name" not in columns.of or not _COMPANIONS & set(columns.of):
        return 0
    return len(columns.of) + len(columns.of.get("phone", [])) - 1 if "phone" in columns.of else len(columns.of)


def find_headings(rows: Sequence[Sequence[object]], search: int = 40) -> Columns | None:
    """The heading row among the first `search` rows. Of two that follow each other the lower wins a tie:
    a group heading (客户资料 | 产品资料) stands above the real one."""
    best: Columns | None = None
    best_score = 0
    for number, row in enumerate(rows[:search], start=1):
        columns = read_headings(row, number)
        points = score(columns)
        follows = best is not None and number == best.heading_row + 1
        if points > best_score or (points and points == best_score and follows):
            best, best_score = columns, points
    return best
