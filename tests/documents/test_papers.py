"""Every document of the registry, filled: pages, text, copies, both languages, its empty sheet."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from app import wiring
from app.core import clock, documents, pdf
from app.core.documents import Document, Params, Rendered
from app.core.errors import Misconfigured, Refused
from tests.documents import samples, samples_complaints, samples_money, samples_parts, samples_workshop

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PARAMS = Params(samples.DAY, "HQ")
SAMPLES = {
    **samples.SAMPLES,
    **samples_money.SAMPLES,
    **samples_workshop.SAMPLES,
    **samples_complaints.SAMPLES,
    **samples_parts.SAMPLES,
}
TITLES = {
    "deadline_explanation": "时限说明",
    "arrival_breaches": "到达超时清单",
    "voucher": "服务凭证",
    "repair_call_register": "叫修登记本",
    "next_day_dispatch": "次日派工表",
    "technician_daily": "技术人员日报表",
    "supervisor_daily": "服务主任日报表",
    "contract_expiry_notice": "保养到期通知书",
    "complaint_register": "投诉登记簿",
    "complaint_analysis": "投诉分析报告",
    "return_visit_record": "回访记录",
    "return_visit_analysis": "回访分析报告",
    "return_visit_plan": "回访计划",
    "goods_receipt": "客户商品领取收据",
    "goods_register": "客户商品进出登记本",
    "repair_card": "修护卡",
    "item_trail": "商品修护经过",
    **samples_money.TITLES,
    **samples_complaints.TITLES,
    **samples_parts.TITLES,
}


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    """Printed on the day itself at 18:00."""
    wiring.load()
    with clock.frozen(samples.at(18, 0)):
        yield


def printed(name: str, *papers: documents.Paper, language: str = "zh_Hans_CN") -> tuple[Rendered, list[str]]:
    """The document made of these papers (default: its sample) and the text of its pages."""
    document = documents.get(name)
    found = papers or (SAMPLES[name](),)
    made = documents.print_papers(document, found, PARAMS, language=language, made_by="陈志强", company=samples.COMPANY)
    # Extraction breaks lines where the table does.
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(made.pdf)).pages]
    return made, pages


def test_so2_every_document_of_the_registry_has_a_sample_here():
    assert {document.name for document in documents.all_documents()} == set(SAMPLES) == set(TITLES)


@pytest.mark.parametrize("name", sorted(TITLES))
def test_so2_every_document_prints_in_chinese(name):
    made, pages = printed(name)
    assert made.pages == len(pages) == max(len(documents.get(name).copies), 1)
    assert made.title == TITLES[name] and made.filename == f"{TITLES[name]}_HQ_2026-11-20.pdf"
    for page in pages:
        assert samples.COMPANY in page and TITLES[name] in page
        assert "第 1 页" in page and "共 1 页" in page
        assert "制表：陈志强 · 2026-11-20 18:00" in page
    data = PdfReader(io.BytesIO(made.pdf)).metadata
    assert data is not None and data.title == made.filename.removesuffix(".pdf").replace("_", " ")
    assert data.author == samples.COMPANY


@pytest.mark.parametrize("name", sorted(TITLES))
def test_every_document_prints_in_english_without_a_chinese_label(name):
    """What stays Chinese are names and texts from the data, none of which is in the catalogue."""
    made, pages = printed(name, language="en")
    catalogue = {str(m.string) for m in _chinese_catalogue() if m.id and m.string and CHINESE.search(str(m.string))}
    words = set(" ".join(pages).split())
    left = words & catalogue - {"总公司", "上门"}  # both stand in the sample data
    assert not left, left
    assert "Page 1 of 1" in pages[0] and not CHINESE.search(made.title)


def _chinese_catalogue():
    from babel.messages.pofile import read_po

    with (pdf.CATALOGUES / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return list(read_po(file))


@pytest.mark.parametrize("name", sorted(TITLES))
def test_a_day_without_records_says_so(name):
    made = documents.print_papers(documents.get(name), [], PARAMS, company=samples.COMPANY)
    text = PdfReader(io.BytesIO(made.pdf)).pages[0].extract_text()
    assert made.pages == 1 and "本日无记录" in text and TITLES[name] in text


@pytest.mark.parametrize("name", sorted(TITLES))
def test_no_template_needs_a_value_the_paper_allows_to_be_empty(name):
    """Every field of the papers that may be None is None: nothing is refused, nothing prints None."""
    _, pages = printed(name, _emptied(SAMPLES[name]()))
    assert "None" not in " ".join(pages)


def _emptied(value):
    if not dataclasses.is_dataclass(value):
        return tuple(_emptied(each) for each in value) if isinstance(value, tuple) else value
    changes = {}
    for field in dataclasses.fields(value):
        now = getattr(value, field.name)
        changes[field.name] = None if "None" in str(field.type) else "" if field.type == "str" else _emptied(now)
    # Codes the templates look up keep their value.
    for code in ("number", "work_class", "title", "cause", "channel", "category", "status", "kind", "sheet", "state"):
        if code in changes:
            changes[code] = getattr(value, code)
    return dataclasses.replace(value, **changes)


def test_so4_the_call_register_runs_on_with_its_head_repeated():
    """SO-4, SO-14: sixty calls; title once, column heads and page numbers on every page, carried-over calls first."""
    made, pages = printed("repair_call_register", samples.repair_call_register(60))
    assert 3 <= made.pages <= 5
    for number, page in enumerate(pages, 1):
        assert "叫修时间" in page and "到达时间" in page
        assert f"第 {number} 页 共 {made.pages} 页" in page
    text = " ".join(pages)
    assert text.index("前日结转（优先派工）") < text.index("JX-HQ-20261119-0001") < text.index("JX-HQ-20261120-0001")
    for row in range(1, 61):
        assert text.count(f"JX-HQ-20261120-{row:04d}") == 1
    assert "登记 62 件 · 已注销 61 件 · 处理中 0 件 · 未派工 1 件 · 逾时到达 1 件" in text


def test_so3_the_voucher_shows_history_custody_and_the_reason_of_a_missing_signature():
    _, pages = printed("voucher")
    text = pages[0]
    for expected in (
        "FW-HQ-20250115-0032", "SN20250115A0032", "2026年1月14日 (已过期)", "HT-HQ-20260201-0007", "领出：赵敏",
        "JX-HQ-20250703-0004", "¥1,234.50", "未签：客户外", "服表001",
    ):  # fmt: skip
        assert expected in text


def test_so11_an_unconfirmed_sheet_is_marked_as_a_draft():
    _, pages = printed("technician_daily")
    assert "草稿" not in pages[0] and "360" in pages[0] and "6 小时 0 分" in pages[0]
    _, pages = printed("technician_daily", dataclasses.replace(samples.technician_daily(), confirmed_at=None))
    assert "草稿 未确认" in pages[0]


def test_so12_the_supervisor_report_says_whether_it_reconciles():
    paper = samples.supervisor_daily()
    _, pages = printed("supervisor_daily", paper)
    assert "差额 0 分钟" in pages[0] and "相符" in pages[0] and "缺报" in pages[0] and "重叠" in pages[0]
    _, pages = printed("supervisor_daily", dataclasses.replace(paper, sheets_total=1100))
    assert "差额 60 分钟" in pages[0] and "不符" in pages[0]


def test_so13_only_a_branch_office_signs_through_its_manager():
    paper = samples.supervisor_daily()
    assert "② 分公司经理" in printed("supervisor_daily", paper)[1][0]
    text = printed("supervisor_daily", dataclasses.replace(paper, via_branch_manager=False))[1][0]
    assert "分公司经理" not in text and "② 服务部" in text


def test_so16_the_expiry_notice_has_a_customer_copy_and_a_file_copy():
    _, pages = printed("contract_expiry_notice")
    assert "第一联 客户联" in pages[0] and "第二联 存根联" in pages[1]
    assert "2026年12月20日期满，距今尚有 30 天" in pages[0] and "请派人洽谈" in pages[0]


def test_cp13_the_complaint_register_shows_masked_numbers_only():
    _, pages = printed("complaint_register")
    assert "138****5678" in pages[0] and "13812345678" not in pages[0] and "保密" in pages[0]


def test_rv3_the_plan_puts_overdue_visits_first():
    _, pages = printed("return_visit_plan")
    text = pages[0]
    assert text.index("逾期未访 1") < text.index("今日应访 1") < text.index("近日应访 2")
    assert "钱芳" in text
    assert "逾期 4 天" in text and "报主任" in text


def test_one_sheet_each_counts_its_own_pages():
    sheet = samples.technician_daily()
    made, pages = printed("technician_daily", sheet, dataclasses.replace(sheet, technician="赵敏"))
    assert made.pages == 2 and all("共 1 页" in page for page in pages)


def test_the_file_name_of_one_record_carries_its_number():
    document = documents.get("voucher")
    paper = samples.voucher()
    made = documents.print_papers(document, [paper], Params(samples.DAY, None, 7), company=samples.COMPANY)
    assert made.filename == "服务凭证_FW-HQ-20250115-0032_2026-11-20.pdf"


def test_a_document_that_is_not_there_is_refused():
    with pytest.raises(Refused):
        documents.get("no_such_form")


def test_a_name_is_taken_once():
    document = documents.get("voucher")
    with pytest.raises(Misconfigured):
        documents.register(dataclasses.replace(document, query=lambda params: ()))
    with pytest.raises(Misconfigured):
        documents.register(Document("other", "Other", "core", "nothing.html", lambda params: (), params=("colour",)))


def test_templates_join_no_values_where_none_would_print():
    """``~`` writes None without asking; templates use placeholders instead."""
    for path in Path(pdf.TEMPLATES).glob("*.html"):
        assert " ~ " not in path.read_text("utf-8"), path.name


def test_so20_the_goods_receipt_has_three_marked_copies_and_says_when_it_is_void():
    """SO-7, SO-20: 客户联, 存根联, 会计联, each with the terms; the void one says when and what became of the paper."""
    made, pages = printed("goods_receipt")
    assert made.pages == 3
    for page, mark in zip(pages, ("客户联", "存根联", "会计联"), strict=True):
        assert mark in page and "服表003" in page and "凭此收据领取" in page
        for expected in (
            "SJ-HQ-20261112-0001",
            "SN20250115A0032",
            "右侧板有划痕",
            "2026-11-19 17:00",
            "冷藏箱 BC-46",
            "¥680.00",
        ):
            assert expected in page
        assert "作废 " not in page.replace("收据作废", "").replace("予以作废", "")
    _, pages = printed("goods_receipt", samples_workshop.receipt_void())
    assert all("客户联已收回" in page and "2026-11-20 16:05" in page for page in pages)


def test_so7_an_unsigned_receipt_says_why():
    paper = dataclasses.replace(samples_workshop.receipt(), signer="", signature=None, unsigned_reason="客户不在场")
    _, pages = printed("goods_receipt", paper)
    assert all("未签：客户不在场" in page for page in pages)


def test_so7_a_receipt_stays_on_one_page_with_the_longest_words():
    """Addresses and conditions as long as their columns allow; every copy is one sheet of its own."""
    long = dataclasses.replace(
        samples_workshop.item(),
        address="上海市浦东新区" + "世纪大道" * 20,
        condition="划痕" * 60,
        accessories="附件" * 40,
    )
    made, _ = printed("goods_receipt", dataclasses.replace(samples_workshop.receipt(), item=long))
    assert made.pages == 3


def test_so8_the_register_shows_both_ways_and_runs_on():
    """SO-7, SO-8: what was there before comes first; fifty items keep their head on every page."""
    _, pages = printed("goods_register")
    text = pages[0]
    assert (
        text.index("前日在库")
        < text.index("SJ-HQ-20261112-0001")
        < text.index("本日收进")
        < text.index("SJ-HQ-20261120-0001")
    )
    assert "登记 4 件 · 进 3 件 · 出 1 件 · 日终在库 3 件 · 逾约定时间 1 件（△）" in text and "√ 客户联" in text
    made, pages = printed("goods_register", samples_workshop.register(50))
    assert made.pages >= 2 and all("附件" in page and "约定交还" in page for page in pages)


def test_so8_the_card_hangs_with_its_minutes_parts_and_inspections():
    _, pages = printed("repair_card")
    text = pages[0]
    for expected in ("服表005", "255", "P-COMP", "高压侧焊点微漏", "☑ 不合格", "☑ 合格", "C-88123 → C-90455"):
        assert expected in text
    empty = dataclasses.replace(
        samples_workshop.card(), minutes=(), parts=(), inspections=(), serials=(), result="", fault=""
    )
    _, pages = printed("repair_card", empty)
    assert "☑" not in pages[0] and pages[0].count("☐ 合格") == 2


def test_so8_the_trail_tells_who_had_it_when():
    _, pages = printed("item_trail")
    text = " ".join(pages)
    for expected in ("经手记录", "A-2架位", "等待零件", "王秀英（电话）", "零件迟到", "SN20250115A0032"):
        assert expected in text


def test_cp9_the_application_says_what_is_applied_for_and_who_decided():
    _, pages = printed("major_application")
    text = " ".join(pages)
    for words in ("¥3,299.00", "应先维修", "代 郑海涛", "同意换货", "138****5678", "不脱水"):
        assert words in text, words
    assert re.search(r"√ ?换货", text)
    assert not re.search(r"√ ?退货", text)


def test_cp10_the_agreement_shows_both_names_or_room_for_them():
    _, pages = printed("complaint_agreement")
    assert len(pages) == 2 and all("王秀英" in page and "陈国栋" in page for page in pages)
    unsigned = samples_complaints.complaint("S", signature=None, signed_at=None, signer="")
    _, pages = printed("complaint_agreement", unsigned)
    assert "扫描件存档" not in pages[0]
    scanned = samples_complaints.complaint("S", signature=None, scanned=True)
    _, pages = printed("complaint_agreement", scanned)
    assert "扫描件存档" in pages[0]


def test_cp3_cp12_letters_say_what_was_written_and_to_whom():
    _, pages = printed("complaint_timetable")
    assert "2026年11月25日" in pages[0] and "三天后到货" in pages[0]
    _, pages = printed("complaint_association")
    assert "市消费者协会" in pages[0] and "消协转字〔2026〕118号" in pages[0] and "更换同型号新机" in pages[0]
    _, pages = printed(
        "complaint_acknowledgement", samples_complaints.complaint("A", handler="", demand="", deadlines=())
    )
    assert "TS-HQ-20261113-0002" in pages[0]


def test_so20_receipts_and_slips_have_three_marked_copies():
    for name in ("payment_receipt", "invoice_slip", "credit_note"):
        _made, pages = printed(name)
        assert [mark for page in pages for mark in ("客户联", "存根联", "会计联") if mark in page] == [
            "客户联",
            "存根联",
            "会计联",
        ]


def test_so6_the_quote_says_what_is_free_and_why():
    _made, pages = printed("quotation")
    assert "免费" in pages[0] and "协议在期" in pages[0] and "85.00" in pages[0]
    assert "屏幕签字" in pages[0] and "王经理" in pages[0]


def test_a_void_receipt_says_so():
    _made, pages = printed("payment_receipt", samples_money.receipt(voided="金额输错"))
    assert "作废：金额输错" in pages[0]


def test_so6_sums_of_the_money_papers_are_those_of_their_lines():
    slip, cash, owed, paid = (
        samples_money.SAMPLES[name]() for name in ("invoice_slip", "cash_not_handed_in", "outstanding", "paid_services")
    )
    assert (slip.total, slip.tax, slip.outstanding) == (Decimal("1030.00"), Decimal("118.49"), Decimal("415.00"))
    assert (cash.total, cash.late) == (Decimal("375.50"), Decimal("130.00"))
    assert owed.total == Decimal("5216.64") and sum(owed.sums) == owed.total
    assert (paid.charged, paid.waived, paid.paid) == (Decimal("782.00"), Decimal("15.50"), Decimal("720.00"))
    _made, pages = printed("outstanding")
    assert "5,216.64" in pages[0] and "61–90天" in pages[0]


def test_no_empty_date_stands_beside_a_printed_moment():
    """Who sent the request is printed with the time: that box has no day to fill in, the others have."""
    unsent = samples_parts.SAMPLES["purchase_request"]()
    sent = dataclasses.replace(unsent, sent_by="赵主任", sent_at=samples.at(16, 5))
    (drafted,), (page,) = (
        printed("purchase_request", dataclasses.replace(unsent, sent_at=None))[1],
        printed("purchase_request", sent)[1],
    )
    empty = re.compile(r"年\s*月\s*日")
    assert len(empty.findall(drafted)) == 3 and len(empty.findall(page)) == 2
    assert "16:05" in page


def test_so7_why_there_are_too_few_photographs_stands_on_the_receipt():
    (page, *_copies) = printed(
        "goods_receipt", dataclasses.replace(samples_workshop.receipt(), no_photo_reason="手机没电")
    )[1]
    assert "照片不足或未拍：手机没电" in page.replace(" ", "")


def test_cp14_the_register_s_deadlines_stand_beside_the_counts_and_need_no_page_of_their_own():
    paper = samples.complaint_register()
    (first, *_others) = paper.summaries
    many = dataclasses.replace(first, lines=first.lines * 30)
    _made, pages = printed("complaint_register", dataclasses.replace(paper, kind="month", summaries=(many,)))
    (begins,) = (page for page in pages if "统计" in page)
    assert "上期未结" in begins
    assert "逾期未办" in begins
    assert "逾期未办" not in pages[-1]
