"""Money to the fen: rounding, the tax within a price, and shares whose sum is always the whole.

Standard library only, so that any area's ``rules.py`` may be tested with it. Amounts are ``Decimal`` CNY.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
ZERO = Decimal("0.00")


def to_fen(amount: Decimal) -> Decimal:
    """The amount rounded to the fen, half a fen upwards (away from zero)."""
    return amount.quantize(FEN, ROUND_HALF_UP)


def total(amounts: Sequence[Decimal]) -> Decimal:
    """The sum, two decimals also of nothing."""
    return sum(amounts, ZERO)


def tax_within(gross: Decimal, percent: Decimal) -> Decimal:
    """The tax contained in a price that includes it, at ``percent`` of the net price; net is what is left.

    1,000.00 at 13 % contains 115.04, and 884.96 is the net price.
    """
    if percent < 0:
        raise ValueError("a tax rate is not negative")
    return to_fen(gross * percent / (100 + percent))


def split(whole: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """``whole`` shared out in proportion to ``weights``, to the fen; the shares add up to it exactly.

    Every share is what its weight gives, rounded down; the fen that are left go to the largest remainders, of equal
    ones to the first. Weights are not negative and not all zero, unless there is nothing to share out.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("a share is not negative")
    weighed = sum(weights, Decimal(0))
    if not weighed:
        if whole:
            raise ValueError("nobody to share it with")
        return [ZERO for _weight in weights]
    sign = -1 if whole < 0 else 1
    fen = int(abs(to_fen(whole)).scaleb(2))
    # In whole numbers: a division of decimals would be rounded, and the remainders with it.
    scale = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    counts = [int(weight.scaleb(scale)) for weight in weights]
    everything = sum(counts)
    shares = [fen * count // everything for count in counts]
    remainders = [fen * count % everything for count in counts]
    left = fen - sum(shares)
    for place in sorted(range(len(counts)), key=lambda each: (-remainders[each], each))[:left]:
        shares[place] += 1
    return [Decimal(sign * share).scaleb(-2) for share in shares]


def equal_parts(whole: Decimal, count: int) -> list[Decimal]:
    """``whole`` in ``count`` parts as equal as the fen allows, the larger ones first."""
    if count < 1:
        raise ValueError("at least one part")
    return split(whole, [Decimal(1)] * count)


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_MYRIADS = ("", "万", "亿", "兆")


def in_capitals(amount: Decimal) -> str:
    """The amount as Chinese papers of value write it (大写金额), e.g. 1,005.50: 壹仟零伍元伍角整.

    A zero is said once between digits, never at the end; 整 ends what has no fen. Raises ``ValueError`` below nothing
    and from 10,000 兆 on.
    """
    fen = int(to_fen(amount).scaleb(2))
    yuan, rest = divmod(fen, 100)
    if fen < 0 or yuan >= 10**16:
        raise ValueError("no such amount on a paper of value")
    jiao, fen = divmod(rest, 10)
    said = f"{_yuan(yuan)}元" if yuan else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        said += "零"
    if fen:
        return said + f"{_DIGITS[fen]}分"
    return (said or "零元") + "整"


def _yuan(yuan: int) -> str:
    said, silent = "", False
    groups = [(place, yuan // 10 ** (4 * place) % 10000) for place in range(3, -1, -1)]
    for place, group in groups:
        if not group:
            silent = True
            continue
        if said and (silent or group < 1000):
            said += "零"
        said += _thousands(group) + _MYRIADS[place]
        silent = False
    return said


def _thousands(group: int) -> str:
    said, silent = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            silent = bool(said)
            continue
        said += ("零" if silent else "") + _DIGITS[digit] + _PLACES[place]
        silent = False
    return said
