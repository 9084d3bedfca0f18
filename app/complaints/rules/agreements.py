"""Whose name may stand under a settlement agreement (CP-10): the complainant's, or a representative's."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from app.core.errors import N_, Refused

SIGNERS = ("self", "family", "staff", "agent")
SIGNER_LABELS = {
    "self": N_("The complainant"),
    "family": N_("Member of the family"),
    "staff": N_("Represents the organisation"),
    "agent": N_("Authorised agent"),
}
# How a caller is written down whose first name nobody asked for: 胡女士 signs as 胡敏.
_TITLES = ("先生", "女士", "小姐", "老师", "师傅")


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def is_the_complainant(signer: str, complainant: str) -> bool:
    """Whether two names are one person's: blanks and full-width letters aside, 胡女士 is any name that begins with 胡."""
    one, other = _plain(signer), _plain(complainant)
    if not one or not other:
        return False
    family = next((other.removesuffix(title) for title in _TITLES if other.endswith(title)), "")
    return one == other or (bool(family) and one.startswith(family) and len(one) > len(family))


def still_holds(made_at: datetime, signed_at: datetime | None, told_at: datetime | None) -> bool:
    """Whether this agreement is signed and about the solution the customer was told last (CP-10).

    ``told_at`` is when the customer was told it, or the matter passed to mediation; compared to the minute, which is
    what people type. Made before that it was about another solution.
    """
    if signed_at is None:
        return False
    return told_at is None or _minute(made_at) >= _minute(told_at)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def check_signer(signer: str, complainant: str, signer_as: str) -> None:
    """The complainant signs in person, or a representative whose relation is recorded (CP-10). Raises ``Refused``."""
    if not signer.strip():
        raise Refused(N_("This is required."), field="signer")
    if signer_as not in SIGNERS:
        raise Refused(N_("Say as what this person signs."), field="signer_as")
    same = is_the_complainant(signer, complainant)
    if signer_as == "self" and not same:
        raise Refused(
            N_("The complainant is %(name)s: somebody else signs as a representative."),
            field="signer_as",
            name=complainant,
        )
    if signer_as != "self" and same:
        raise Refused(N_("This is the complainant's own name: give the name of the person who signs."), field="signer")
