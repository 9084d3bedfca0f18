"""``flask report``: make one document by hand, from the same registry and data as the scheduled ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.core import documents
from app.core.actors import SYSTEM, acting_as
from app.core.errors import Refused
from app.core.i18n import LANGUAGES, in_language, say
from app.core.periods import PERIODS


@click.command("report")
@click.argument("name", required=False)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day it is for (default: today).")
@click.option("--branch", help="Code of a branch (default: every branch).")
@click.option("--period", type=click.Choice(PERIODS), help="The week, month or quarter that the day lies in.")
@click.option("--id", "record_id", type=int, help="One record instead of the day's: voucher, contract or staff id.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="PDF (or .xlsx) file, or a folder for it to lie in under its own name.",
)
@click.option("--language", type=click.Choice(sorted(LANGUAGES)), default=documents.DEFAULT_LANGUAGE)
@click.option("--list", "listing", is_flag=True, help="Show every document there is.")
@with_appcontext
def report(
    name: str | None,
    day: datetime | None,
    branch: str | None,
    period: str | None,
    record_id: int | None,
    out: Path | None,
    language: str,
    listing: bool,
) -> None:
    """Make the document NAME as PDF (flask report --list shows the names)."""
    if listing:
        _show(language)
        return
    if not name:
        raise click.UsageError("Which document? flask report --list shows them.")
    from app.core.pdf import DocumentError  # WeasyPrint is only for those who print

    with acting_as(SYSTEM), in_language(language):
        try:
            made = documents.render(
                name,
                date=day.date() if day else None,
                branch=branch,
                record_id=record_id,
                period=period,
                language=language,
            )
        except Refused as refused:
            raise click.ClickException(say(refused)) from refused
        except DocumentError as error:
            raise click.ClickException(str(error)) from error
    target = out or Path(made.filename)
    if target.is_dir():
        target = target / made.filename
    sheet = target.suffix == ".xlsx"
    if sheet and made.xlsx is None:
        raise click.ClickException(f"{made.title}: there is no spreadsheet of it.")
    try:
        target.write_bytes(made.xlsx if sheet and made.xlsx is not None else made.pdf)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror}") from error
    click.echo(f"{made.title}: {made.pages} p. → {target}")


def _show(language: str) -> None:
    for document in documents.all_documents():
        options = " ".join({"date": "--date", "branch": "--branch", "record_id": "--id"}[p] for p in document.params)
        when = f"{document.scheduled_at:%H:%M}" if document.scheduled_at else "-"
        click.echo(f"{document.name:24} {when:6} {options:24} {documents.title_in(document, language)}")
