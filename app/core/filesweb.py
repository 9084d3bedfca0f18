"""The one route that gives out files: a file is read by whoever may read the record it belongs to.

``readable`` lets an area name the model behind ``StoredFile.record``; the look-up goes through row scope.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, send_file
from flask_login import login_required
from sqlalchemy import select

from app.core.db import Model, db
from app.core.errors import NotFound
from app.core.files import StoredFile, read

blueprint = Blueprint("files", __name__)

# Told when a file is given out: an area notes who read what (CP-13).
GIVEN: list[Callable[[StoredFile], None]] = []
# Shown in the browser; everything else is only offered for saving, so that no uploaded page runs as ours.
INLINE = {"application/pdf", "image/png", "image/jpeg", "image/webp"}


def _model_of(table: str) -> Any:
    for mapper in Model.registry.mappers:
        if getattr(mapper.class_, "__tablename__", None) == table:
            return mapper.class_
    return None


def may_read(row: StoredFile) -> bool:
    """Whether the acting person sees the record the file belongs to. A file of no record is nobody's."""
    from app.core.scope import models

    model = _model_of(row.record)
    if model is None or row.record_id is None or model not in models():
        return False
    found = db.session.execute(select(model.id).where(model.id == row.record_id)).first()
    return found is not None


def offer(content: bytes, content_type: str, filename: str) -> Response:
    """A file as an answer: shown when it is harmless, else offered for saving; the name may be Chinese."""
    answer = send_file(
        io.BytesIO(content),
        mimetype=content_type,
        as_attachment=content_type not in INLINE,
        download_name=filename,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    if content_type != "application/pdf":  # the browser's PDF viewer does not run in a sandbox
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@blueprint.get("/files/<int:file_id>")
@login_required
def give(file_id: int) -> Response:
    """The file, if the person may read its record; otherwise as if it did not exist."""
    row = db.session.execute(select(StoredFile).where(StoredFile.id == file_id)).scalar_one_or_none()
    if row is None or not may_read(row):
        abort(404)
    try:
        content = read(row)
    except NotFound:
        abort(404)
    name, content_type = row.filename, row.content_type
    for note in GIVEN:
        note(row)
    return offer(content, content_type, name)


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """The icon that browsers ask for where no page of ours stands around what they show (a PDF, say)."""
    picture = Path(current_app.static_folder or "") / "img" / "mark.svg"
    return Response(picture.read_bytes(), mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
