"""The Pareto chart, drawn by ourselves as SVG: the same lines on the screen and on paper, nothing to be loaded (CP-14)."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 680, 250
LEFT, RIGHT, TOP, BOTTOM = 34, 40, 18, 44
STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 100, 200, 500, 1000, 2000, 5000, 10000)


def pareto(bars: Sequence[tuple[str, int, int]], *, title: str, fill: str = "#8a96a3", line: str = "#111111") -> Markup:
    """Bars of ``(label, count, cumulative share in thousandths)`` with the line of the running share; empty for none.

    ``title`` says in words what is drawn, for those who do not see it.
    """
    if not bars:
        return Markup("")
    top = _top(max(count for _label, count, _share in bars))
    step = (WIDTH - LEFT - RIGHT) / len(bars)
    deep = HEIGHT - TOP - BOTTOM
    base = HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img" class="pareto">',
        f"<title>{escape(title)}</title>",
    ]
    for quarter in range(5):
        y = base - deep * quarter / 4
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#c9d0d8" stroke-width="0.6"/>'
        )
        parts.append(_text(LEFT - 5, y + 3.5, f"{top * quarter / 4:g}", "end"))
        parts.append(_text(WIDTH - RIGHT + 5, y + 3.5, f"{25 * quarter}%", "start"))
    points = []
    for number, (label, count, share) in enumerate(bars):
        middle = LEFT + step * (number + 0.5)
        width = min(step * 0.62, 60)
        height = deep * count / top
        parts.append(
            f'<rect x="{middle - width / 2:.1f}" y="{base - height:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'
        )
        parts.append(_text(middle, base - height - 4, str(count), "middle", size=11))
        for row, words in enumerate(_wrapped(label, step)):
            parts.append(_text(middle, base + 14 + 12 * row, words, "middle"))
        points.append((middle, base - deep * share / 1000))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{line}" stroke-width="1.4"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{line}"/>' for x, y in points]
    return Markup("".join(parts) + "</svg>")  # nosec B704 - every word in it went through escape


def _top(most: int) -> int:
    """The end of the axis: at least the highest bar, divided by four without remainder."""
    return next((step * 4 for step in STEPS if step * 4 >= most), -(-most // 4) * 4)


def _text(x: float, y: float, words: str, anchor: str, size: int = 10) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="#222222">{escape(words)}</text>'
    )


def _wrapped(label: str, width: float) -> list[str]:
    """A label in at most two lines of about that many units."""
    wide = any(sign > "\u2e80" for sign in label)
    fits = max(int(width / (10.5 if wide else 5.6)), 3)
    if len(label) <= fits:
        return [label]
    if wide:
        return [label[:fits], label[fits : fits * 2]]
    head, lines = "", []
    for word in label.split():
        if head and len(head) + 1 + len(word) > fits:
            lines.append(head)
            head = word
        else:
            head = f"{head} {word}".strip()
    return [*lines, head][:3]
