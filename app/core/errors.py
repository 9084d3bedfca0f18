"""What can go wrong, in words a person may read.

Standard library only: ``rules.py`` files import this module and nothing else of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


def N_(message: str) -> str:
    """Mark an English message id for translation without translating it here."""
    return message


@dataclass(frozen=True)
class Way:
    """Where what is missing is settled: a label (English message id), an address, and the verb one needs for it."""

    label: str
    url: str
    verb: str = ""


class Refused(Exception):
    """A rule says no.

    ``message`` is an English message id with ``%(name)s`` placeholders filled from ``params``; ``field`` names the
    form field it belongs to. ``app.core.i18n.say`` turns it into the reader's language. ``ways`` lead on from here;
    ``also`` is what else stands in the way, said in the same breath.
    """

    ways: tuple[Way, ...] = ()
    also: tuple[Refused, ...] = ()

    def __init__(self, message: str, field: str | None = None, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.params = params

    def leading(self, *ways: Way) -> Refused:
        """The same refusal with the ways on from it."""
        self.ways += ways
        return self

    def besides(self, others: Sequence[Refused]) -> Refused:
        """The same refusal with what else stands in the way, and the ways on from that."""
        self.also += tuple(others)
        return self.leading(*(way for other in others for way in other.ways))

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotPermitted(Refused):
    """The role table does not allow this verb to this person."""

    def __init__(self, verb: str) -> None:
        super().__init__(N_("You are not allowed to do this."))
        self.verb = verb


class NotFound(Refused):
    """The record does not exist, or not for this person."""

    def __init__(self, what: str = "") -> None:
        super().__init__(N_("This record does not exist, or you may not see it."))
        self.what = what


class Conflict(Refused):
    """Somebody else changed the record meanwhile."""

    def __init__(self, message: str = N_("Somebody else changed this record meanwhile."), /, **params: Any) -> None:
        super().__init__(message, None, **params)


class UnauditedWrite(RuntimeError):
    """Rows of ours were about to be committed outside a unit of work: a programming error."""


class Misconfigured(RuntimeError):
    """The code's own tables (roles, lifecycles, documents) contradict each other: found at start."""
