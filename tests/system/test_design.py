"""docs/design-language.md and the style sheets: one source of colours, readable in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "app" / "static" / "css"
TOKENS = (STYLES / "tokens.css").read_text()
TEXT = 4.5  # WCAG 2.2 AA, 1.4.3
EDGE = 3.0  # WCAG 2.2 AA, 1.4.11
SURFACES = ("paper", "ground", "raised", "hover", "head")
PAIRS = [
    *(("ink", surface) for surface in (*SURFACES, "brand-soft", "line-soft", "warn-soft", "ok-soft", "bad-soft")),
    *(("ink-soft", surface) for surface in (*SURFACES, "brand-soft", "line-soft")),
    *(("brand", surface) for surface in (*SURFACES, "brand-soft")),
    *((tone, surface) for tone in ("ok", "warn", "bad", "info") for surface in ("paper", "ground", f"{tone}-soft")),
    *((f"{tone}-ink", f"{tone}-soft") for tone in ("ok", "warn", "bad", "info")),
    *(("on-fill", fill) for fill in ("brand-fill", "brand-fill-dark", "ok-fill", "bad-fill")),
    ("brand-dark", "brand-soft"),
    ("chip-ink", "chip"),
]


def _blocks() -> list[dict[str, str]]:
    blocks = re.findall(r":root[^{]*\{(.*?)\}", TOKENS, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+):\s*([^;]+);", block)) for block in blocks]


LIGHT, SYSTEM_DARK, CHOSEN_DARK = _blocks()
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_text_is_readable(text: str, surface: str) -> None:
    for name, theme in (("light", LIGHT), ("dark", CHOSEN_DARK)):
        ratio = contrast(theme[text], theme[surface])
        assert ratio >= TEXT, f"{name}: --{text} on --{surface} is {ratio:.2f}"


def test_the_edge_of_a_field_is_seen() -> None:
    for theme in (LIGHT, CHOSEN_DARK):
        assert contrast(theme["field"], theme["paper"]) >= EDGE
        assert contrast(theme["brand"], theme["paper"]) >= EDGE


def test_dark_is_the_same_by_wish_and_by_choice() -> None:
    assert SYSTEM_DARK == CHOSEN_DARK
    colours = {name for name, value in LIGHT.items() if COLOUR.search(value)}
    assert colours == set(CHOSEN_DARK), "a colour has no dark counterpart"


@pytest.mark.parametrize("sheet", sorted(path.name for path in STYLES.glob("*.css") if path.name != "tokens.css"))
def test_other_style_sheets_take_their_colours_from_the_tokens(sheet: str) -> None:
    # White paper to sign on and the black of a camera's picture stay what they are in the dark.
    own = [
        line.strip()
        for line in (STYLES / sheet).read_text().splitlines()
        if COLOUR.search(line) and not re.search(r"\.signature canvas|\.signed img|video", line)
    ]
    assert own == []


@pytest.mark.parametrize("sheet", sorted(path.name for path in STYLES.glob("*.css")))
def test_every_custom_property_that_is_used_is_declared(sheet: str) -> None:
    text = (STYLES / sheet).read_text()
    own = set(re.findall(r"(--[\w-]+)\s*:", text))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert used - own <= {f"--{name}" for name in LIGHT}


# -- charts ---------------------------------------------------------------------------------------------------------

SETS = (("good", "bad", "worse", "open", "none"), ("1", "2", "3", "4", "5", "6"))
APART = 20  # ΔE*ab: plainly another colour
# How eyes without red, green or blue receptors see (Machado, Oliveira, Fernandes 2009, severity 1), on linear light.
EYES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "without red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "without green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "without blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def _seen(colour: str, eye: str) -> tuple[float, float, float]:
    """L*a*b* of ``#rrggbb`` as these eyes see it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    r, g, b = (min(1.0, max(0.0, sum(m * v for m, v in zip(row, light, strict=True)))) for row in EYES[eye])
    white = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in white)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("names", SETS)
@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_charts_can_be_told_apart(names: tuple[str, ...], eye: str, theme: str) -> None:
    colours = LIGHT if theme == "light" else CHOSEN_DARK
    for place, one in enumerate(names):
        assert contrast(colours[f"chart-{one}"], colours["paper"]) >= EDGE, one
        for other in names[place + 1 :]:
            first, second = _seen(colours[f"chart-{one}"], eye), _seen(colours[f"chart-{other}"], eye)
            distance = sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5
            assert distance >= APART, f"{theme}, {eye}: --chart-{one} and --chart-{other} are {distance:.0f} apart"
