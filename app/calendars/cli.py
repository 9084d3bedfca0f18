"""``flask deadline``: compute and explain one deadline by hand (CAL-5)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.calendars import queries
from app.calendars.rules import Deadline, Pause, deadline
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import say
from app.organisation.models import Branch


def moment(text: str) -> datetime:
    """A moment as typed: office time, unless it says otherwise. Raises ``click.BadParameter``."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a date and time such as '2026-09-30 16:50'") from None
    return at if at.tzinfo else at.replace(tzinfo=clock.zone())


def pause(text: str) -> Pause:
    """``FROM/TO``; without TO the pause is not over yet. Raises ``click.BadParameter``."""
    first, slash, last = text.partition("/")
    if not slash:
        raise click.BadParameter(f"{text!r} is not FROM/TO")
    span = (moment(first), moment(last) if last.strip() else None)
    if span[1] is not None and span[1] < span[0]:
        raise click.BadParameter(f"{text!r} ends before it begins")
    return span


def as_json(found: Deadline) -> dict[str, Any]:
    """The deadline as the command prints it: ISO 8601 with offset, working minutes."""
    return {
        "due": found.due.isoformat() if found.due else None,
        "minutes": found.minutes,
        "segments": [
            {"from": start.isoformat(), "to": end.isoformat(), "minutes": minutes}
            for start, end, minutes in found.segments
        ],
        "provisional": found.provisional,
    }


@click.command("deadline")
@click.option("--branch", "code", required=True, metavar="CODE", help="Branch whose opening hours count.")
@click.option("--from", "start", required=True, callback=lambda _ctx, _par, text: moment(text), help="When it begins.")
@click.option("--hours", type=click.FloatRange(min=0, max=100_000), help="Working hours.")
@click.option("--minutes", type=click.IntRange(min=0, max=6_000_000), help="Working minutes.")
@click.option("--working-days", type=click.IntRange(min=0, max=10_000), help="Working days.")
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    metavar="FROM/TO",
    callback=lambda _ctx, _par, texts: [pause(text) for text in texts],
    help="The clock stands still (may be given several times; no TO: not over yet).",
)
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@with_appcontext
def deadline_command(
    code: str,
    start: datetime,
    hours: float | None,
    minutes: int | None,
    working_days: int | None,
    pauses: list[Pause],
    wants_json: bool,
) -> None:
    """When a number of working hours or working days will have passed."""
    if sum(given is not None for given in (hours, minutes, working_days)) != 1:
        raise click.UsageError("Give one of --hours, --minutes or --working-days.")
    if hours is not None:
        minutes = round(hours * 60)
    with acting_as(SYSTEM):
        branch_id = db.session.scalars(select(Branch.id).where(Branch.code == code)).first()
        if branch_id is None:
            known = ", ".join(db.session.scalars(select(Branch.code).order_by(Branch.code)))
            raise click.ClickException(f"There is no branch {code!r}. Branches: {known}")
        try:
            found = deadline(
                queries.calendar_for(branch_id), start, minutes=minutes, working_days=working_days, pauses=pauses
            )
        except Refused as refused:
            raise click.ClickException(say(refused)) from None
        if wants_json:
            click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
            return
        click.echo(f"{found.due:%Y-%m-%d %H:%M}" if found.due else "—")
        click.echo(queries.explanation(found))
