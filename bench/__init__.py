"""Measurements: ``make bench`` runs all, ``make bench B=outbox`` those whose name begins so.

    @measure("outbox: want and do one entry")
    def one_entry(app: Flask) -> Iterator[Callable[[], object]]:
        ...prepare...
        yield lambda: what_is_measured()

Each runs on a fresh SQLite with an empty office; the figure is the median of its rounds, in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Flask

Measured = Callable[[Flask], Iterator[Callable[[], object]]]
MEASUREMENTS: dict[str, tuple[Measured, int]] = {}


def measure(name: str, rounds: int = 20) -> Callable[[Measured], Measured]:
    """Register a measurement under ``name``; repeated ``rounds`` times."""

    def register(function: Measured) -> Measured:
        MEASUREMENTS[name] = (function, rounds)
        return function

    return register
