"""Lifecycles: one transition table per record decides what may happen, to whom it is offered, what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import N_, Misconfigured, NotPermitted, Refused

Guard = Callable[..., None]


@dataclass(frozen=True)
class Transition:
    """``verb`` takes a record from ``source`` to ``target``; ``guard(record, **given)`` raises ``Refused``."""

    source: str
    verb: str
    target: str
    roles: frozenset[str]
    guard: Guard | None = None
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    """The transition table of one kind of record. ``labels`` are English message ids of states and verbs."""

    name: str
    transitions: tuple[Transition, ...]
    state_labels: dict[str, str] = field(default_factory=dict)
    verb_labels: dict[str, str] = field(default_factory=dict)
    initial: str = ""

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for transition in self.transitions:
            key = (transition.source, transition.verb)
            if key in seen:
                raise Misconfigured(f"{self.name}: two transitions for {key}")
            seen.add(key)
        for state in self.states():
            if self.state_labels and state not in self.state_labels:
                raise Misconfigured(f"{self.name}: state {state!r} has no label")

    def states(self) -> list[str]:
        """Every state, in order of first appearance."""
        return list(dict.fromkeys(s for t in self.transitions for s in (t.source, t.target)))

    def verbs(self) -> dict[str, frozenset[str]]:
        """``{name.verb: roles}`` for the role table."""
        found: dict[str, frozenset[str]] = {}
        for transition in self.transitions:
            key = f"{self.name}.{transition.verb}"
            found[key] = found.get(key, frozenset()) | transition.roles
        return found

    def find(self, state: str, verb: str) -> Transition:
        """The transition for ``verb`` in ``state``. Raises ``Refused``."""
        for transition in self.transitions:
            if transition.source == state and transition.verb == verb:
                return transition
        raise Refused(N_("This is not possible now: the record has moved on."))

    def allowed(self, state: str, roles: Iterable[str]) -> list[Transition]:
        """What a person with these roles may do now."""
        held = frozenset(roles)
        return [t for t in self.transitions if t.source == state and ("system" in held or t.roles & held)]

    def apply(self, record: Any, verb: str, roles: Iterable[str], **given: Any) -> Transition:
        """Check role, required values and guard, then set ``record.status``.

        Raises ``Refused`` (with the field for a missing value) or ``NotPermitted``; the record is untouched then.
        """
        transition = self.find(record.status, verb)
        held = frozenset(roles)
        if "system" not in held and not transition.roles & held:
            raise NotPermitted(f"{self.name}.{verb}")
        for name in transition.required:
            if _missing(given.get(name)):
                raise Refused(N_("This is required."), field=name)
        if transition.guard is not None:
            transition.guard(record, **given)
        record.status = transition.target
        return transition

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, for the documentation."""
        lines = ["stateDiagram-v2"]
        if self.initial:
            lines.append(f"    [*] --> {self.initial}")
        lines += [f"    {t.source} --> {t.target}: {t.verb}" for t in self.transitions]
        return "\n".join(lines)


def _missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, (list, tuple, dict, set, bytes)) and not value)


def roles(*names: str) -> frozenset[str]:
    """Shorthand for transition tables."""
    return frozenset(names)
