"""Headings as offices write them, and districts found in addresses (SO-15)."""

from __future__ import annotations

import pytest

from app.customers.importing.headings import field_for, find_headings, read_headings
from app.customers.importing.places import Place, find_place

HEADINGS = {
    "name": "客户名称 姓名 用户名 单位名称 客户姓名 顾客姓名 客户 购货单位 客户名称（全称）*",
    "phone": "电话 联系电话 手机 固定电话 手机号码 联系方式 电话1 电话2 手机/电话 客户联系电话 联系人电话 备用电话 联系电话（必填）",
    "address": "地址 详细地址 联系地址 安装地址 客户地址 送货地址 家庭住址",
    "model": "型号 商品型号 产品型号 机型 规格型号 型号规格",
    "serial": "序列号 机号 机身号 SN 出厂编号 s/n 机身编号 产品序列号 S/N码 机身号（SN） SN号",
    "sold_on": "购买日期 销售日期 购机日期 购买时间 售出日期 购机日期(年/月/日)",
    "contact": "联系人 联系人姓名",
    "district": "区 行政区 区/县 所在区",
    "email": "邮箱 电子邮箱 E-mail",
    "note": "备注 备　注 说明",
    "product_name": "品名 产品名称 商品名称",
    "warranty": "保修期(月) 保修期 质保期（年）",
}


@pytest.mark.parametrize(
    ("field", "heading"), [(key, word) for key, words in HEADINGS.items() for word in words.split(" ")]
)
def test_headings_of_offices_are_known(field: str, heading: str) -> None:
    assert field_for(heading) == field


@pytest.mark.parametrize("heading", ["客 户\n名 称", "　客户名称　", "＊客户名称：", "【客户名称】"])
def test_spaces_line_breaks_and_signs_do_not_matter(heading: str) -> None:
    assert field_for(heading) == "name"


@pytest.mark.parametrize(
    "heading", ["序号", "金额", "保修到期日期", "技术员姓名", "业务员电话", "维修日期", "客户编号", "", None, "店名"]
)
def test_other_columns_are_left_alone(heading: object) -> None:
    assert field_for(heading) is None


def test_the_heading_row_may_stand_below_a_title_and_a_group_heading() -> None:
    columns = find_headings(
        [
            ["客户资料登记表"],
            [],
            ["客户资料", None, None, "产品资料"],
            ["姓名", "手机", "固话", "型号", "机号", "购机日期"],
            ["张三", "13800138000", None, "A", "1", "2024-1-1"],
        ]
    )
    assert columns is not None
    assert columns.heading_row == 4
    assert columns.of["phone"] == [1, 2]


def test_a_sheet_without_a_customer_list_has_no_headings() -> None:
    assert find_headings([["说明"], ["电话", "地址"], ["姓名", "备注"]]) is None


def test_a_clearer_heading_wins_over_a_vague_one() -> None:
    columns = read_headings(["客户名称", "电话", "日期", "条码", "序列号", "购买日期"], 1)
    assert columns.of["serial"] == [4]
    assert columns.of["sold_on"] == [5]
    assert columns.unread == ["条码", "日期"]


def test_unit_and_person_side_by_side() -> None:
    columns = read_headings(["姓名", "单位名称", "电话"], 1)
    assert columns.of["name"] == [1]
    assert columns.of["contact"] == [0]
    assert columns.person_may_stand_for_name


PLACES = [
    Place(1, "330106", "杭州市", "西湖区", 1),
    Place(2, "330110", "杭州市", "余杭区", 1),
    Place(3, "330203", "宁波市", "海曙区", 2),
    Place(4, "220104", "长春市", "朝阳区", 3),
]
PENDING = {branch: Place(90 + branch, f"B{branch}-00", "", "地区待定", branch) for branch in (1, 2, 3)}


@pytest.mark.parametrize(
    ("address", "said", "place", "line", "how"),
    [
        ("浙江省杭州市西湖区文三路100号", (), 1, "文三路100号", "named"),
        ("西湖区文三路100号", (), 1, "文三路100号", "named"),
        ("杭州市 余杭区 文一西路1号", (), 2, "文一西路1号", "named"),
        ("杭州西湖文三路1号", (), 1, "杭州西湖文三路1号", "named"),
        ("文三路100号", ("浙江省", "杭州市", "西湖"), 1, "文三路100号", "named"),
        ("市心中路1号", ("", "", "余杭"), 2, "市心中路1号", "named"),
        ("建国路1号", ("", "北京", "朝阳区"), 91, "建国路1号", "unknown"),
        ("余杭区西湖区路2号", (), 2, "西湖区路2号", "named"),
        ("宁波市中山路1号", (), 92, "宁波市中山路1号", "city"),
        ("杭州西湖大道3号", (), 91, "杭州西湖大道3号", "city"),
        ("北京市朝阳区建国路1号", (), 91, "北京市朝阳区建国路1号", "unknown"),
        ("中山路1号", (), 91, "中山路1号", "unknown"),
        ("杭州市西湖区", (), 1, "杭州市西湖区", "named"),
    ],
)
def test_so15_the_district_follows_from_the_address(
    address: str, said: tuple[str, ...], place: int, line: str, how: str
) -> None:
    found = find_place(address, said, PLACES, PENDING, 1)
    assert (found.place.id, found.line, found.how) == (place, line, how)


def test_so15_of_districts_with_one_name_the_city_decides_then_the_branch() -> None:
    places = [Place(1, "1", "甲市", "新城区", 1), Place(2, "2", "乙市", "新城区", 2), Place(3, "3", "丙市", "东区", 1)]
    assert find_place("乙市新城区一路", (), places, PENDING, 1).place.id == 2
    assert find_place("新城区一路", (), places, PENDING, 2).place.id == 2
    assert find_place("新城区一路", (), places, PENDING, 3).how == "unknown"
