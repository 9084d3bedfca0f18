"""Diagrams of the transition tables, for the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core.i18n import in_language, say
from app.core.lifecycle import Lifecycle

HEADER = "# Lifecycles\n\nDrawn from the transition tables by `flask lifecycles --out docs/lifecycles.md`; a test compares them.\n"


def page(lifecycles: Iterable[Lifecycle]) -> str:
    """The page: a diagram and a table for every lifecycle, verbs and states with their Chinese."""
    parts = [HEADER]
    with in_language():
        for each in lifecycles:
            parts += [
                f"\n## {each.name}\n\n```mermaid\n{each.diagram()}\n```\n",
                "| from | verb | to | who |\n|---|---|---|---|",
            ]
            for t in each.transitions:
                source, target = (f"{s} {say(each.state_labels.get(s, s))}" for s in (t.source, t.target))
                verb = f"{t.verb} {say(each.verb_labels.get(t.verb, t.verb))}"
                parts.append(f"| {source} | {verb} | {target} | {', '.join(sorted(t.roles))} |")
    return "\n".join(parts) + "\n"


@click.command("lifecycles")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="write there instead of printing")
@with_appcontext
def lifecycles(out: Path | None) -> None:
    """Print every lifecycle as a diagram and a table."""
    text = page(current_app.config["LIFECYCLES"]())
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, "utf-8")
