"""The press refuses what would print wrongly: missing values, missing pictures, anything from outside."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from jinja2 import DictLoader
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from app.core import pdf
from app.core.pdf import DocumentError
from tests.documents.samples import DOT

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch):
    """``template("<p>{{ x }}</p>")`` makes it the template ``t.html`` for the test."""

    def give(source: str) -> str:
        monkeypatch.setattr(pdf.environment(), "loader", DictLoader({"t.html": source}))
        pdf.environment().cache.clear()
        return "t.html"

    yield give
    pdf.environment().cache.clear()


def said(source: str, template, language: str = "zh_Hans_CN", **context: object) -> str:
    """What the template says, as HTML."""
    name = template(source)
    return pdf.render_html(name, context, language=language, paper="A4", produced=set())


def test_text_of_a_chinese_page_can_be_read_back(template):
    made = pdf.render_pdf(template("<p>{{ name }} 叫修登记本</p>"), {"name": "王秀英"})
    assert "王秀英 叫修登记本" in PdfReader(io.BytesIO(made)).pages[0].extract_text()


def test_the_bundled_font_is_embedded_and_no_other(template):
    made = pdf.render_pdf(template("<p style='font-family: \"Office Sans\"'>中文 Latin 123</p>"), {})
    fonts = PdfReader(io.BytesIO(made)).pages[0]["/Resources"]["/Font"]
    assert [str(font.get_object()["/BaseFont"]).split("+")[-1] for font in fonts.values()] == ["Office-Sans"]


@pytest.mark.parametrize("source", ["{{ x }}", "{{ x|money }}", "{{ x|day }}", "{{ _('Made by %(name)s', name=x) }}"])
def test_a_value_that_is_none_is_refused(source, template):
    with pytest.raises(DocumentError, match="None"):
        said(source, template, x=None)


@pytest.mark.parametrize("source", ["{{ x }}", "{{ paper.nothing }}"])
def test_a_value_that_is_missing_is_refused(source, template):
    with pytest.raises(DocumentError, match="Undefined"):
        said(source, template, paper=date(2026, 1, 1))


def test_an_optional_value_is_said_to_be_optional(template):
    assert said("[{{ x|blank }}][{{ x|day(blank=True) }}][{{ x|blank('—') }}]", template, x=None) == "[][][—]"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/logo.png",
        "http://127.0.0.1:1/x.png",
        "file:///etc/passwd",
        "asset:../base.html",
        "asset:not-there.png",
        "data:image/png;base64,AAAA",
    ],
)
def test_nothing_but_our_own_assets_is_fetched(url, template):
    with pytest.raises(DocumentError):
        pdf.render_pdf(template("<img src='{{ url }}'>"), {"url": url})
    with pytest.raises(FatalURLFetchingError):
        pdf.LocalAssets().fetch(url)


def test_a_style_sheet_from_outside_is_refused(template):
    with pytest.raises(DocumentError):
        pdf.render_pdf(template("<link rel='stylesheet' href='https://example.com/a.css'><p>x</p>"), {})


def test_a_broken_picture_is_a_failure_not_a_gap(template):
    with pytest.raises(DocumentError, match="image"):
        pdf.render_pdf(template("<img src='{{ x|picture }}'>"), {"x": DOT[:20]})
    with pytest.raises(DocumentError, match="neither"):
        pdf.render_pdf(template("<img src='{{ x|picture }}'>"), {"x": b"GIF89a"})


def test_pictures_and_codes_we_made_are_printed(template):
    assert pdf.render_pdf(template("<img src='{{ x|picture }}'><img src='{{ n|qr }}'>"), {"x": DOT, "n": "FW-HQ-1"})


def test_what_people_typed_is_never_markup(template):
    assert said("{{ x }}{{ x|lines }}", template, x="<b>1\n2") == "&lt;b&gt;1\n2&lt;b&gt;1<br>2"


def test_dates_money_and_minutes_as_the_office_writes_them(template):
    at = datetime(2026, 11, 20, 8, 5, tzinfo=SHANGHAI)
    given = {"on": date(2026, 11, 20), "at": at, "sum": Decimal("1234.5"), "minutes": 135}
    source = "{{ on|day }}|{{ on|weekday }}|{{ at|clock }}|{{ at|moment }}|{{ sum|money }}|{{ -sum|money }}|{{ minutes|minutes }}|{{ minutes|hours }}"
    assert said(source, template, **given) == (
        "2026年11月20日|星期五|08:05|2026-11-20 08:05|¥1,234.50|-¥1,234.50|135 分钟|2 小时 15 分"
    )
    assert said(source, template, language="en", **given) == (
        "20 Nov 2026|Friday|08:05|2026-11-20 08:05|¥1,234.50|-¥1,234.50|135 min|2 h 15 min"
    )


def test_a_time_of_another_day_carries_its_date(template):
    at = datetime(2026, 11, 19, 16, 40, tzinfo=SHANGHAI)
    assert said("{{ at|clock(on) }}", template, at=at, on=date(2026, 11, 20)) == "11-19 16:40"
    assert said("{{ at|clock(on) }}", template, at=at, on=date(2027, 1, 4)) == "2026-11-19 16:40"


def test_every_page_set_counts_its_own_pages(template):
    foot = "<style>@page { @bottom-center { content: element(f) } } .f { position: running(f) }</style>"
    body = "{% for n in range(pages) %}<p style='break-after: page'>{{ n }}</p>{% endfor %}"
    source = f"{foot}<div class='f'>{{{{ page_of }}}}</div>{body}"
    made = pdf.render_page_sets(template(source), [{"pages": 2}, {"pages": 1}])
    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made.pdf)).pages]
    assert made.pages == 3
    assert [page[1:] for page in pages] == ["第1页共2页", "第2页共2页", "第1页共1页"]
