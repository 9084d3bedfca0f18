"""SO-12: gaps and overlaps of a technician's day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.reporting.rules import Span, gaps, overlaps


def at(text: str) -> datetime:
    """``"08:30"`` of one and the same day."""
    hour, minute = text.split(":")
    return datetime(2026, 11, 20, int(hour), int(minute), tzinfo=UTC)


def spans(text: str) -> list[Span]:
    """``"08:30-10:00 10:00-12:00"``."""
    return [Span(at(part[:5]), at(part[6:])) for part in text.split()]


def said(found: list[Span]) -> str:
    """The same way back."""
    return " ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in found)


OPEN = [(at("08:30"), at("12:00")), (at("13:30"), at("17:30"))]


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ("", "08:30-12:00 13:30-17:30"),
        ("08:30-12:00 13:30-17:30", ""),
        ("08:30-17:30", ""),  # through the lunch break
        ("08:00-12:30 13:00-18:00", ""),  # longer than the opening hours
        ("09:30-12:00 13:30-17:30", "08:30-09:30"),
        ("09:29-12:00 13:30-17:30", ""),  # 59 minutes are not pointed out
        ("08:30-10:00 11:00-12:00 13:30-16:30", "10:00-11:00 16:30-17:30"),
        ("08:30-12:00 09:00-10:00 13:30-17:30", ""),  # one inside another
        ("06:00-08:00 18:00-19:00", "08:30-12:00 13:30-17:30"),
    ],
)
def test_so12_gaps_of_an_hour_within_the_opening_hours(entered, expected):
    assert said(gaps(spans(entered), OPEN, 60)) == expected


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ("08:30-10:00 10:00-12:00", ""),  # touching is no overlap
        ("08:30-10:00 09:30-12:00", "09:30-10:00"),
        ("08:30-12:00 09:00-10:00", "09:00-10:00"),
        ("10:00-11:00 08:30-10:30 10:15-10:45", "10:00-10:30 10:15-10:30 10:15-10:45"),
        ("08:30-10:00 08:30-10:00", "08:30-10:00"),
    ],
)
def test_so12_overlaps_between_every_two_entries(entered, expected):
    assert said([Span(each.start, each.end) for each in overlaps(spans(entered))]) == expected
