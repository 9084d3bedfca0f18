"""Reads the QR codes of a printed page: found in its picture, decoded by hand – as a customer's telephone would (CP-1).

Codes printed clean and upright only: errors are not corrected, and that they would need it fails the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from PIL import Image

DARK = 128
# Versions 1 to 8: blocks and data codewords of each, by error correction level (L, M, Q, H).
BLOCKS: dict[int, dict[str, list[int]]] = {
    1: {"L": [19], "M": [16], "Q": [13], "H": [9]},
    2: {"L": [34], "M": [28], "Q": [22], "H": [16]},
    3: {"L": [55], "M": [44], "Q": [17] * 2, "H": [13] * 2},
    4: {"L": [80], "M": [32] * 2, "Q": [24] * 2, "H": [9] * 4},
    5: {"L": [108], "M": [43] * 2, "Q": [15, 15, 16, 16], "H": [11, 11, 12, 12]},
    6: {"L": [68] * 2, "M": [27] * 4, "Q": [19] * 4, "H": [15] * 4},
    7: {"L": [78] * 2, "M": [31] * 4, "Q": [14] * 2 + [15] * 4, "H": [13] * 4 + [14]},
    8: {"L": [97] * 2, "M": [38] * 2 + [39] * 2, "Q": [18] * 4 + [19] * 2, "H": [14] * 4 + [15] * 2},
}
ALIGNED = {1: [], 2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42]}
LEVELS = {1: "L", 0: "M", 3: "Q", 2: "H"}
MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)


def codes_of(page: Path) -> list[str]:
    """What the QR codes of the page's picture say, from the top."""
    picture = Image.open(page).convert("L")
    return [decode(rows) for rows in _found(picture)]


def _found(picture: Image.Image) -> Iterator[list[list[bool]]]:
    """The modules of every code: where three squares with a heart (1:1:3:1:1) stand at right angles."""
    hearts = _hearts(picture)
    for x, y, unit in hearts:
        right = [other for other in hearts if abs(other[1] - y) < unit * 2 and other[0] - x > unit * 10]
        below = [other for other in hearts if abs(other[0] - x) < unit * 2 and other[1] - y > unit * 10]
        for over, _y, _unit in right:
            for _x, under, _other in below:
                if abs((over - x) - (under - y)) < unit:
                    size = round((over - x) / unit) + 7
                    size = 17 + 4 * round((size - 17) / 4)
                    step = (over - x) / (size - 7)
                    yield [
                        [
                            picture.getpixel((round(x + (column - 3) * step), round(y + (row - 3) * step))) < DARK  # type: ignore[operator]  # one channel
                            for column in range(size)
                        ]
                        for row in range(size)
                    ]


def _runs(dark: list[bool]) -> list[tuple[bool, int, int]]:
    """``(dark, begin, length)`` of each run."""
    found, begin = [], 0
    for value, group in groupby(dark):
        length = len(list(group))
        found.append((value, begin, length))
        begin += length
    return found


def _across(dark: list[bool]) -> Iterator[tuple[float, float]]:
    """``(middle, module)`` of what has the proportions of a finder pattern."""
    runs = _runs(dark)
    for place in range(len(runs) - 4):
        five = runs[place : place + 5]
        unit = sum(length for _dark, _begin, length in five) / 7
        wanted = (1, 1, 3, 1, 1)
        if (
            five[0][0]
            and unit > 2
            and all(abs(run[2] - w * unit) < unit * 0.6 for run, w in zip(five, wanted, strict=True))
        ):
            yield five[0][1] + unit * 3.5, unit


def _hearts(picture: Image.Image) -> list[tuple[float, float, float]]:
    wide, high = picture.size
    data = picture.tobytes()
    found: list[tuple[float, float, float]] = []
    for row in range(0, high, 2):
        line = [each < DARK for each in data[row * wide : (row + 1) * wide]]
        for x, unit in _across(line):
            column = [each < DARK for each in data[round(x) :: wide]]
            for y, other in _across(column):
                near = abs(y - row) < unit * 1.5 and abs(other - unit) < unit * 0.4
                if near and not any(abs(x - a) < unit * 3 and abs(y - b) < unit * 3 for a, b, _u in found):
                    found.append((x, y, unit))
    return found


def decode(rows: list[list[bool]]) -> str:
    """The text of a code (bytes or letters and digits) from its modules."""
    size = len(rows)
    version = (size - 17) // 4
    form = [rows[8][column] for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [rows[row][8] for row in (7, 5, 4, 3, 2, 1, 0)]
    bits = int("".join(str(int(each)) for each in form), 2) ^ 0b101010000010010
    level, mask = LEVELS[bits >> 13], MASKS[bits >> 10 & 7]
    stream = [
        rows[row][column] ^ mask(row, column) for row, column in _zigzag(size) if not _function(version, row, column)
    ]
    words = [int("".join(str(int(bit)) for bit in stream[at : at + 8]), 2) for at in range(0, len(stream) - 7, 8)]
    return _text(_blocks(words, BLOCKS[version][level]), version)


def _zigzag(size: int) -> Iterator[tuple[int, int]]:
    upwards, column = True, size - 1
    while column > 0:
        column -= column == 6
        for row in range(size - 1, -1, -1) if upwards else range(size):
            yield row, column
            yield row, column - 1
        upwards, column = not upwards, column - 2


def _function(version: int, row: int, column: int) -> bool:
    """Whether the module belongs to the frame: finders, timing, alignment, format, version."""
    size = 17 + 4 * version
    corner = (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9)
    named = version >= 7 and (
        (row < 6 and size - 11 <= column < size - 8) or (column < 6 and size - 11 <= row < size - 8)
    )
    if corner or named or 6 in (row, column):
        return True
    places = ALIGNED[version]
    return any(
        abs(row - down) <= 2 and abs(column - over) <= 2
        for down in places
        for over in places
        if (down, over) not in ((6, 6), (6, places[-1]), (places[-1], 6))
    )


def _blocks(words: list[int], sizes: list[int]) -> list[int]:
    """The data of the blocks, which are written word by word in turn."""
    blocks: list[list[int]] = [[] for _size in sizes]
    taken = iter(words)
    for turn in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if turn < size:
                block.append(next(taken))
    return [word for block in blocks for word in block]


LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _text(words: list[int], version: int) -> str:
    assert version < 10  # longer ones count their characters with more bits
    bits, at = "".join(f"{word:08b}" for word in words), 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    mode = take(4)
    if mode == 4:
        return bytes(take(8) for _each in range(take(8))).decode()
    assert mode == 2, mode
    left, text = take(9), ""
    while left >= 2:
        pair = take(11)
        text, left = text + LETTERS[pair // 45] + LETTERS[pair % 45], left - 2
    return text + (LETTERS[take(6)] if left else "")
