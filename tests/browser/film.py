"""Films for the browser's fake camera: somebody holds a code before it (raw YUV 4:2:0)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import segno
from playwright.sync_api import Browser

WIDTH, HEIGHT = 1280, 720
PAPER, INK, WALL = 230, 30, 0xD2
# Widths of bars and gaps of Code 128: value 0 … 102, the three starts, the stop.
CODE_128 = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
).split()
EAN_LEFT = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011".split()
EAN_SIDES = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL".split()


def code_128(text: str) -> list[bool]:
    """The bars of a text, set B."""
    values = [104, *(ord(each) - 32 for each in text)]
    values.append((values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103)
    widths = "".join(CODE_128[value] for value in [*values, 106])
    return [place % 2 == 0 for place, width in enumerate(widths) for _each in range(int(width))]


def ean_13(digits: str) -> list[bool]:
    """The bars of thirteen digits."""
    right = [each.translate(str.maketrans("01", "10")) for each in EAN_LEFT]
    sides = {"L": EAN_LEFT, "G": [each[::-1] for each in right]}
    left = "".join(sides[side][int(digit)] for side, digit in zip(EAN_SIDES[int(digits[0])], digits[1:7], strict=True))
    return [each == "1" for each in f"101{left}01010{''.join(right[int(digit)] for digit in digits[7:])}101"]


def rows_of(bars: list[bool]) -> list[list[bool]]:
    """Bars as rows of modules, with the quiet zone on both sides."""
    return [[False] * 10 + bars + [False] * 10] * 40


def qr(text: str) -> list[list[bool]]:
    """A QR code as rows of modules."""
    return [[bool(dark) for dark in row] for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]


def film(rows: list[list[bool]], path: Path) -> Path:
    """Two still pictures of it, as wide as it stands well in the picture."""
    scale = min(WIDTH * 3 // 4 // len(rows[0]), HEIGHT * 3 // 4 // len(rows))
    wide, high = len(rows[0]) * scale, len(rows) * scale
    left, top = (WIDTH - wide) // 2, (HEIGHT - high) // 2
    picture = bytearray(bytes([WALL]) * (WIDTH * HEIGHT))
    for line in range(high):
        start = (top + line) * WIDTH + left
        picture[start : start + wide] = b"".join(
            bytes([INK if dark else PAPER]) * scale for dark in rows[line // scale]
        )
    frame = b"FRAME\n" + bytes(picture) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420mpeg2\n".encode() + frame * 2)
    return path


@contextmanager
def seeing(browser: Browser, path: str, options: list[str], video: Path) -> Iterator[Browser]:
    """Another browser of that path, whose camera shows the film."""
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    started = browser.browser_type.launch(
        executable_path=path, args=[*options, *camera, f"--use-file-for-fake-video-capture={video}"]
    )
    try:
        yield started
    finally:
        started.close()
