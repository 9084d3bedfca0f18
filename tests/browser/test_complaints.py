"""Complaints as people live them, each to its end: settled in the ordinary way; one that becomes major on a Friday
afternoon and costs much; one against the supervisor; one sent on by a consumer association; and a customer at the public
form (CP-1 … CP-13)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import Page

from app.calendars.holidays_source import year_days
from app.core import clock
from tests.browser.main_line import Office, draw
from tests.browser.visitor import Visitor, pdf_text
from tests.system.test_running import eventually

pytestmark = pytest.mark.browser

PRODUCTS = """
    SELECT v.id, c.name FROM voucher v JOIN branch b ON b.id = v.branch_id JOIN customer c ON c.id = v.customer_id
    WHERE b.code = 'NJ' AND NOT EXISTS (SELECT 1 FROM complaint k WHERE k.voucher_id = v.id OR k.customer_id = c.id)
    ORDER BY v.id DESC
"""
ENTERED = """
    SELECT c.source, (SELECT count(*) FROM complaint_file f WHERE f.complaint_id = c.id) AS files
    FROM complaint c WHERE c.number = :number
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
STATE = "SELECT number, status, severity, severity_ground, satisfaction, handler_id FROM complaint WHERE id = :id"
STAFF = """
    SELECT s.id, s.name FROM staff s JOIN branch b ON b.id = s.branch_id WHERE b.code = 'NJ' AND s.job = :job
    ORDER BY s.id
"""
LATENESS = """
    SELECT l.stage, s.name FROM complaint_lateness l LEFT JOIN staff s ON s.id = l.staff_id
    WHERE l.complaint_id = :id ORDER BY l.stage
"""
VERBS = "SELECT verb FROM complaint_step WHERE complaint_id = :id ORDER BY id"
THE_WHOLE_ROAD = ["acknowledge", "verify", "propose", "approve", "tell", "settle", "rate", "close"]
WEEKDAYS = "周一 周二 周三 周四 周五 周六 周日".split()


def field_of(moment: datetime) -> str:
    """An office time as the browser's field wants it."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def office_time(**ago: float) -> str:
    """A moment ago as the browser's field wants it."""
    return field_of(clock.local(clock.now() - timedelta(**ago)))


def fill(page: Page, **fields: str) -> None:
    """Fill in a form; a person is chosen by id, as the search box of the field would."""
    for name, value in fields.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") != "SELECT":
            field.fill(value)
        elif field.locator(f"option[value='{value}']").count():
            field.select_option(value)
        else:
            field.evaluate(
                "(each, id) => { each.add(new Option(id, id, true, true)); each.dispatchEvent(new Event('change')); }",
                value,
            )


def enter(clerk: Visitor, voucher_id: int, **fields: str) -> int:
    """From the page of the product: what is known stands in the form already."""
    page = clerk.go(f"/voucherview/show/{voucher_id}")
    with page.expect_navigation():
        page.locator(f"a[href*='/complaintview/add?voucher={voucher_id}']").click()
    assert page.input_value("[name=complainant]") and page.input_value("[name=phone]")
    fill(page, **{"category": "repair_quality", "content": "修好又坏，客户不满", **fields})
    clerk.send(page.locator("form:has([name=complainant])"))
    found = re.search(r"/complaintview/show/(\d+)", page.url)
    assert found, page.locator(".field-error, .alert").all_inner_texts()
    return int(found.group(1))


def do(person: Visitor, verb: str, key: int, view: str = "complaintview", **fields: str) -> str:
    """Press the button, fill in what it asks, send it; gives what the page says then."""
    page = person.go(f"/{view}/do/{verb}/{key}")
    fill(page, **fields)
    person.send(page.locator("form:has([type=submit])").last)
    assert "/show/" in page.url, page.locator(".field-error, .alert").all_inner_texts()
    return person.text()


def refused(person: Visitor, verb: str, key: int, **fields: str) -> str:
    """The same where the portal says no; gives what it says."""
    page = person.go(f"/complaintview/do/{verb}/{key}")
    fill(page, **fields)
    person.send(page.locator("form:has([type=submit])").last)
    assert f"/do/{verb}/" in page.url
    return page.locator("main").inner_text()


def deadlines(page: Page) -> dict[str, list[str]]:
    """The deadlines of the page side by side: stage → due, done, how it stands, who answers, why it is then."""
    rows = [row.locator("td").all_inner_texts() for row in page.locator("table.deadlines tbody tr").all()]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in rows}


def moment_of(cell: str) -> datetime:
    """A moment as it stands on the page; without a year it is of this one."""
    numbers = [int(each) for each in re.findall(r"\d+", cell)]
    return datetime(*([clock.today().year] if len(numbers) == 4 else []), *numbers)


def on_day(day: date) -> str:
    """Pattern of a day in an explanation."""
    return rf"(?:{day:%m-%d}|{day.month}月{day.day}日)"


def an_ordinary_friday() -> date:
    """The last Friday, a week ago at least, with nothing but ordinary days in the two weeks from then on."""
    friday = clock.today() - timedelta(days=8)
    friday -= timedelta(days=(friday.weekday() - 4) % 7)
    while any(
        day in known
        for day in (friday + timedelta(days=each) for each in range(-2, 12))
        for known in (year_days(day.year).holidays, year_days(day.year).make_up)
    ):
        friday -= timedelta(days=7)
    return friday


def test_cp8_an_ordinary_complaint_settled_within_two_days(office: Office) -> None:
    product = office.portal.rows(PRODUCTS)[0]
    key = enter(office["clerk"], product.id, received_at=office_time(hours=40))
    supervisor = office["supervisor"]
    do(supervisor, "acknowledge", key, said="已致电致歉", at=office_time(hours=38))
    do(supervisor, "verify", key, finding="justified", said="接头松动", at=office_time(hours=30))
    do(supervisor, "propose", key, solution="免费返修并延保三个月", said="属我方责任", at=office_time(hours=29))
    do(supervisor, "approve", key, said="同意", at=office_time(hours=28))
    do(supervisor, "tell", key, said="客户接受", at=office_time(hours=27))
    page = do(supervisor, "settle", key, said="返修完毕", at=office_time(hours=1))
    assert "证据" in page and "免费返修并延保三个月" in page
    assert "TS-NJ-" in supervisor.pdf(f"/complaintview/paper/{key}/complaint_acknowledgement")
    # the number is masked until asked for
    shown = supervisor.page.locator("form.reveal")
    masked = supervisor.text()
    assert "****" in masked
    supervisor.send(shown)
    assert "****" not in supervisor.page.locator("dl.values").nth(1).inner_text()
    # asked whether they are content, then put away: all four deadlines were kept, side by side
    do(supervisor, "rate", key, satisfaction="satisfied", said="客户表示满意")
    do(supervisor, "close", key, said="资料齐全")
    standing = deadlines(supervisor.page)
    assert list(standing) == ["已答复", "已核实", "已提方案", "已处理"]
    for due, done, state, _who, why in standing.values():
        assert moment_of(done) <= moment_of(due) and state == "按时" and why not in ("", "—")
    row = office.portal.rows(STATE, id=key)[0]
    assert (row.status, row.severity, row.satisfaction) == ("closed", "ordinary", "satisfied")
    taken = [step.verb for step in office.portal.rows(VERBS, id=key)]
    assert [verb for verb in taken if verb in THE_WHOLE_ROAD] == THE_WHOLE_ROAD
    assert office.portal.rows(LATENESS, id=key) == []


def test_cp3_the_deadlines_of_a_repeated_complaint_of_friday_afternoon(office: Office) -> None:
    """Repeated, hence major; a refund above the branch manager's limit; closed only with the written answer."""
    product = office.portal.rows(PRODUCTS)[0]
    clerk, supervisor, director = office["clerk"], office["supervisor"], office["director"]
    friday = an_ordinary_friday()
    day = [friday + timedelta(days=each) for each in range(11)]
    enter(clerk, product.id, received_at=field_of(datetime.combine(friday - timedelta(days=2), time(10))))
    key = enter(
        clerk,
        product.id,
        content="同一故障又出现，要求退货",
        received_at=field_of(datetime.combine(friday, time(16, 30))),
    )
    assert "危机小组" in clerk.text() and "同一事项再次投诉" in clerk.text()
    major = office.portal.rows(STATE, id=key)[0]
    assert (major.severity, major.severity_ground) == ("major", "again")
    # 24 hours run through the weekend; working days are counted from Monday, and each is named
    standing = deadlines(clerk.page)
    due = {stage: moment_of(cells[0]) for stage, cells in standing.items() if stage != "已提方案"}
    assert due == {
        "已答复": datetime.combine(day[1], time(16, 30)),
        "上报管理层": datetime.combine(day[1], time(16, 30)),
        "已核实": datetime.combine(day[5], time(17, 30)),
        "已处理": datetime.combine(day[7], time(17, 30)),
    }
    assert re.search(on_day(day[0]) + " 16:30", standing["已答复"][4]) and "24 个钟点小时" in standing["已答复"][4]
    for stage, last in (("已核实", 5), ("已处理", 7)):
        told = standing[stage][4]
        working = [each for each in day[3 : last + 1] if each.weekday() < 5]
        for number, each in enumerate(working, 1):
            assert re.search(f"{on_day(each)} {WEEKDAYS[each.weekday()]} 第 {number} 个工作日", told), told
        assert not re.search(f"{on_day(day[1])} {WEEKDAYS[5]} 第", told)
    # answered on Saturday, verified on Wednesday: in time both; proposed within a working day of it
    do(supervisor, "acknowledge", key, said="已登门致歉", at=field_of(datetime.combine(day[1], time(10))))
    do(
        supervisor,
        "verify",
        key,
        finding="justified",
        said="批次问题",
        at=field_of(datetime.combine(day[5], time(17))),
    )
    do(
        supervisor,
        "propose",
        key,
        solution="全额退款",
        remedy="refund",
        compensation="3600",
        said="已两次返修",
        at=field_of(datetime.combine(day[6], time(11))),
    )
    standing = deadlines(supervisor.page)
    assert moment_of(standing["已提方案"][0]) == datetime.combine(day[6], time(17, 30))
    assert [standing[stage][2] for stage in ("已答复", "已核实", "已提方案")] == ["按时"] * 3
    # above the branch manager's limit: not on the manager's list, but on the management's
    manager = office["manager"]
    assert "3,600.00" not in manager.go("/approvalview/list/?show=mine").locator("main").inner_text()
    page = manager.go(f"/complaintview/show/{key}")
    seen = page.locator("main").inner_text()
    assert (
        "3,600.00 元超出您的审批权限（2,000.00 元）" in seen and "已两次返修" in seen and "最低审批级别：管理层" in seen
    )
    assert page.locator(f"a[href*='/do/approve/{key}']").count() == 0
    page = director.go("/approvalview/list/?show=mine")
    with page.expect_navigation():
        page.locator(f"tr:has-text('{major.number}') td.main a").first.click()
    approval = int(page.url.rstrip("/").rpartition("/")[2].partition("?")[0])
    # what the director weighs stands above the form as well: solution, amount, reasons, who proposed it
    seen = director.go(f"/approvalview/do/approve/{approval}").locator("main").inner_text()
    assert all(words in seen for words in ("全额退款", "3,600.00 元", "已两次返修", "不限额", "批次问题"))
    do(director, "approve", approval, view="approvalview", said="同意退款")
    assert "3,600.00" in director.pdf(f"/complaintview/paper/{key}/major_application")
    do(supervisor, "tell", key, said="客户接受")
    assert "双方签订协议" in refused(supervisor, "settle", key, said="退款")
    do(supervisor, "agree", key, terms="退货退款 3600 元，双方再无争议")
    page = supervisor.go(f"/complaintview/do/sign/{key}")
    assert "退货退款 3600 元，双方再无争议" in supervisor.text()  # the customer signs for what stands there
    fill(page, signer="李代理", signer_as="agent")
    draw(page, page.locator("[data-signature] canvas"))
    supervisor.send(page.locator("form:has([name=signer])"))
    # more than a week has gone by: settled late, and that is kept against who answers for it
    do(supervisor, "settle", key, said="退款到账")
    assert deadlines(supervisor.page)["已处理"][2] == "延误"
    late = {row.stage: row.name for row in office.portal.rows(LATENESS, id=key)}
    assert "settled" in late and "acknowledged" not in late and "verified" not in late
    assert late["settled"] == deadlines(supervisor.page)["已处理"][3]
    do(supervisor, "rate", key, satisfaction="neutral", said="勉强接受")
    assert "须书面答复客户" in refused(supervisor, "close", key, said="结案")
    assert office.portal.rows(STATE, id=key)[0].status == "rated"
    do(supervisor, "answer", key, words="已为您办理全额退款，谨致歉意。")
    assert "已为您办理全额退款" in supervisor.pdf(f"/complaintview/paper/{key}/complaint_answer")
    do(supervisor, "close", key, said="资料齐全")
    assert office.portal.rows(STATE, id=key)[0].status == "closed"
    the_management_was_told(office, key, major.number)


def the_management_was_told(office: Office, key: int, number: str) -> None:
    """CP-6: by mail, with the report as PDF; the page says when."""

    def letters() -> list[bytes]:
        found = [each for each in office.portal.mailbox.messages if number in str(each["subject"])]
        return [
            part.get_content()
            for each in found
            for part in each.iter_attachments()
            if part.get_content_type() == "application/pdf"
        ]

    eventually(letters, 60)
    printed = pdf_text(letters()[0])
    assert number in printed and "要求退货" in printed
    told = "SELECT count(*) FROM complaint WHERE id = :id AND management_told_at IS NOT NULL"
    eventually(lambda: office.portal.one(told, id=key), 60)
    office["director"].go(f"/complaintview/show/{key}")
    assert deadlines(office["director"].page)["上报管理层"][1] != "—"


def test_cp4_one_against_the_supervisor_himself(office: Office) -> None:
    product = office.portal.rows(PRODUCTS)[0]
    boss, chief = office.portal.rows(STAFF, job="supervisor")[0], office.portal.rows(STAFF, job="branch_manager")[0]
    clerk, manager, service, supervisor = (office[name] for name in ("clerk", "manager", "service", "supervisor"))
    key = enter(clerk, product.id, category="attitude", content="服务主任态度恶劣", subject=str(boss.id))
    number = office.portal.rows(STATE, id=key)[0].number
    technician = office.portal.rows(STAFF, job="technician")[1]
    do(service, "add_subject", key, staff_id=str(technician.id), said="同去的技术员")
    do(service, "assign", key, handler_id=str(chief.id), said="请经理亲自处理")
    assert office.portal.rows(STATE, id=key)[0].handler_id == chief.id
    he_is_kept_out(supervisor, key, number)
    heard = "SELECT count(*) FROM inbox_message WHERE staff_id = :who AND (link LIKE :link OR params LIKE :words)"
    assert office.portal.one(heard, who=boss.id, link=f"%/complaintview/show/{key}", words=f"%{number}%") == 0
    assert office.portal.one(heard, who=chief.id, link=f"%/complaintview/show/{key}", words=f"%{number}%") > 0
    # the manager handles it, from the first word to the last
    do(manager, "acknowledge", key, said="经理亲自致歉")
    do(manager, "verify", key, finding="justified", said="通话录音属实")
    do(clerk, "propose", key, solution="补偿上门费", remedy="compensation", compensation="100", said="致歉")
    # the supervisor's own limit would do; the conflict of interest takes it one level up
    assert number in manager.go("/approvalview/list/?show=mine").locator("main").inner_text()
    assert number not in supervisor.go("/approvalview/list/?show=mine").locator("main").inner_text()
    do(manager, "approve", key, said="同意")
    for verb in ("tell", "settle"):
        do(manager, verb, key, said="已当面致歉")
    do(manager, "rate", key, satisfaction="satisfied", said="客户接受道歉")
    # what is changed so that it does not happen again: by whom, until when, and whether it helped (CP-11)
    words = {"cause": "未按礼仪规范接待", "action": "全员礼仪培训并抽查通话录音"}
    own = office.portal.one("SELECT s.id FROM staff s JOIN ab_user u ON u.id = s.user_id WHERE u.username = 'clerk'")
    due = f"{clock.today() + timedelta(days=7)}"
    assert "不得参与" in refused(manager, "take_action", key, owner_id=str(boss.id), due_on=due, **words)
    do(manager, "take_action", key, owner_id=str(own), due_on=due, responsible_id=str(boss.id), **words)
    action = office.portal.one("SELECT id FROM corrective_action WHERE complaint_id = :id", id=key)
    do(clerk, "finish", action, view="correctiveactionview", said="培训已完成，抽查 20 通录音")
    do(manager, "confirm", action, view="correctiveactionview", said="抽查合格")
    do(manager, "close", key, said="结案")
    page = manager.go(f"/complaintview/show/{key}").locator("main").inner_text()
    assert "有效" in page and words["action"] in page
    checked = office.portal.rows(
        "SELECT status, owner_id, checked_by_id FROM corrective_action WHERE id = :id", id=action
    )
    assert tuple(checked[0]) == ("effective", own, chief.id)
    assert office.portal.rows(STATE, id=key)[0].status == "closed"
    assert supervisor.context.request.get(f"/complaintview/show/{key}").status == 404
    who = "SELECT count(*) FROM complaint_step WHERE complaint_id = :id AND staff_id = :who"
    assert office.portal.one(who, id=key, who=boss.id) == 0
    assert office.portal.one("SELECT count(*) FROM complaint_reading r WHERE complaint_id = :id", id=key) > 0


def he_is_kept_out(person: Visitor, key: int, number: str) -> None:
    """CP-4: neither found, nor read, nor handled, nor printed – by list, search, address or paper."""
    for listed in ("/complaintview/list/?show=all", f"/complaintview/list/?show=all&_flt_2_number={number}"):
        page = person.go(listed)
        assert "****" in person.text() or page.locator("#list tbody tr").count() == 0
        assert page.locator(f"a[href*='/complaintview/show/{key}']").count() == 0
    assert person.go(f"/search/?q={number}").locator(f"a[href*='/complaintview/show/{key}']").count() == 0
    for address in ("show/{}", "edit/{}", "do/acknowledge/{}", "do/reopen/{}", "paper/{}/complaint_acknowledgement"):
        answer = person.context.request.get(f"/complaintview/{address.format(key)}")
        assert answer.status == 404, (address, answer.status)


def test_cp1_a_customer_at_the_public_form(office: Office) -> None:
    customer = Visitor(office.browser, office.portal.url, phone=True)
    page = customer.go("/complain/")
    page.fill("[name=complainant]", "胡女士")
    page.fill("[name=phone]", "13811112222")
    page.select_option("[name=branch_id]", label="南京分公司")
    page.select_option("[name=category]", "delay")
    page.fill("[name=content]", "约好上午，下午才来")
    page.set_input_files("[name=photo1]", {"name": "现场.png", "mimeType": "image/png", "buffer": PNG})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    customer.send(page.locator("form:has([name=content])"))
    number = page.locator(".big-number").inner_text()
    page = customer.go("/complain/status")
    assert page.input_value("[name=number]") == number
    page.fill("[name=phone]", "13811112222")
    customer.send(page.locator("form:has([name=number])"))
    assert "已受理" in customer.text() and "胡女士" not in customer.text()
    (entered,) = office.portal.rows(ENTERED, number=number)
    assert (entered.source, entered.files) == ("public", 1)
    assert customer.troubles == []
    customer.context.close()


def test_cp12_one_sent_on_by_a_consumer_association(office: Office) -> None:
    product = office.portal.rows(PRODUCTS)[0]
    clerk = office["clerk"]
    key = enter(clerk, product.id, channel="association", association="南京市消协", association_ref="2026-9")
    supervisor = office["supervisor"]
    for verb, fields in (
        ("acknowledge", {}),
        ("verify", {"finding": "justified"}),
        ("propose", {"solution": "免费更换零件"}),
        ("approve", {}),
        ("tell", {}),
        ("settle", {}),
        ("rate", {"satisfaction": "very_satisfied"}),
    ):
        do(supervisor, verb, key, said="已办", **fields)
    # the customer is content; the association has not heard yet
    assert "请先回复消协" in refused(supervisor, "close", key, said="结案")
    assert office.portal.rows(STATE, id=key)[0].status == "rated"
    do(supervisor, "report_back", key, words="已免费更换零件，消费者满意。")
    printed = supervisor.pdf(f"/complaintview/paper/{key}/complaint_association")
    assert all(words in printed for words in ("南京市消协", "2026-9", "已免费更换零件，消费者满意。"))
    do(supervisor, "close", key, said="结案")
    row = office.portal.rows(STATE, id=key)[0]
    assert (row.status, row.satisfaction) == ("closed", "very_satisfied")
    letter = "SELECT kind FROM complaint_letter WHERE complaint_id = :id"
    assert [each.kind for each in office.portal.rows(letter, id=key)] == ["association"]
    the_number_is_asked_for(office, key)
    assert office.troubles() == []


def the_number_is_asked_for(office: Office, key: int) -> None:
    """CP-13 at the return visit: whose complaint it was is called with one tap, which is noted."""
    planned = "SELECT id FROM return_visit WHERE complaint_id = :id"
    eventually(lambda: office.portal.rows(planned, id=key), 60)
    (visit,) = office.portal.rows(planned, id=key)
    clerk = office["clerk"]
    page = clerk.go(f"/returnvisits/worklist/?visit={visit.id}")
    asked = "SELECT count(*) FROM complaint_reading WHERE complaint_id = :id AND what = 'number'"
    before = office.portal.one(asked, id=key)
    assert "****" in page.locator(".call-head").inner_text() and page.locator("a[href^='tel:']").count() == 0
    page.locator("form[data-reveal] button").click()
    phone = office.portal.one("SELECT phone FROM complaint WHERE id = :id", id=key)
    page.locator(f"a.call-number[href='tel:{phone}']").wait_for()
    assert office.portal.one(asked, id=key) == before + 1
