"""Exactly once: what a telephone or a program sends twice, because the answer to the first was lost, is done once.

A POST with the header ``Idempotency-Key`` (or the form field ``request_key``) is remembered together with its answer, in
the same transaction as what it does, by key and person. The same key again gets the same answer and changes nothing; two
at the same moment wait for each other. What was refused is not remembered, since nothing was done: it may be sent again.

A page that asks for JSON is told ``{"done": true, "location": …}`` instead of a redirect, and of a refusal what the form
would show: ``{"done": false, "refused": [{"field": …, "message": …}]}``.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, g, jsonify, make_response, request, session
from sqlalchemy import JSON, Integer, String, Table, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from app.core import audit, clock, i18n, settings
from app.core.actors import SYSTEM, Principal, current
from app.core.db import Model, UTCDateTime, db, ref, text
from app.core.errors import N_, Conflict, NotFound, NotPermitted
from app.core.housekeeping import EVERY, again
from app.core.jobs import on_tick
from app.core.uow import done_around, failure_around, unit_of_work
from app.core.views.columns import parse_moment
from app.core.views.refusals import FORESEEN, explain

HEADER, FIELD = "Idempotency-Key", "request_key"
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
KEEP_DAYS = "received_requests_keep_days"
# What travels with a request and is another each time it is sent.
PASSING = ("csrf_token", FIELD, "device_at", "sent_at")
LONGEST_BODY = 20_000

settings.declare(KEEP_DAYS, 30, N_("Days for which it is remembered what a telephone sent, so that it is done once"))


class ReceivedRequest(Model):
    """One request that was done, and what was answered."""

    __tablename__ = "received_request"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = ref("ab_user.id", index=False)
    key: Mapped[str] = mapped_column(String(64), nullable=False)
    path: Mapped[str] = text(300)
    digest: Mapped[str] = mapped_column(String(64), nullable=False)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)
    device_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    status: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    location: Mapped[str] = text(500)
    body: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)

    def __str__(self) -> str:
        return f"{self.key} {self.path}"


class _Twice(Exception):
    """Another request with this key was faster."""


class _NothingDone(Exception):
    """Nothing is to be remembered: the answer goes out, the transaction does not."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def install(app: Flask, *, but: tuple[str, ...] = ()) -> None:
    """Let every route that takes a POST obey the key, except the endpoints named in ``but``."""
    for rule in app.url_map.iter_rules():
        name = rule.endpoint
        if "POST" in (rule.methods or ()) and name not in but and not hasattr(app.view_functions[name], "once"):
            app.view_functions[name] = once(app.view_functions[name])


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, done once per key and person; without a key it is as it was."""

    @functools.wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        key = _key()
        if not key:
            return view(*args, **kwargs)
        actor = current()
        if actor.user_id is None:
            if wants_json():
                abort(401)
            return view(*args, **kwargs)
        if not KEY.fullmatch(key):
            abort(400)
        digest = _digest()
        known = _find(actor, key)
        if known is not None:
            return _repeated(known, digest)
        try:
            return _first(lambda: make_response(view(*args, **kwargs)), actor, key, digest)
        except _Twice:
            known = _find(actor, key)
            if known is None:  # the faster one was refused meanwhile
                abort(503)
            return _repeated(known, digest)

    run.once = True  # type: ignore[attr-defined]  # installing twice wraps once
    return run


def wants_json() -> bool:
    """Whether the page that sent this shows the answer by itself."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _key() -> str:
    if request.method != "POST":
        return ""
    return request.headers.get(HEADER) or request.form.get(FIELD, "")


def _digest() -> str:
    """What is asked: path, fields and files, without what is another each time it is sent."""
    found = hashlib.sha256(f"{request.path}?{request.query_string.decode('latin-1')}".encode())
    if request.is_json:
        found.update(request.get_data())
    for name, value in sorted(request.form.items(multi=True)):
        if name not in PASSING:
            found.update(f"\n{name}={value}".encode())
    for name, sent in request.files.items(multi=True):
        if not sent.filename:  # a form that sends itself says so of every empty file field, a script does not
            continue
        found.update(f"\n{name}:{sent.filename}:".encode())
        found.update(hashlib.sha256(sent.stream.read()).digest())
        sent.stream.seek(0)
    return found.hexdigest()


def _find(actor: Principal, key: str) -> ReceivedRequest | None:
    statement = select(ReceivedRequest).where(ReceivedRequest.user_id == actor.user_id, ReceivedRequest.key == key)
    found: ReceivedRequest | None = db.session.execute(statement).scalar_one_or_none()
    return found


# -- the first time ------------------------------------------------------------------------------------------------


def _first(view: Callable[[], Response], actor: Principal, key: str, digest: str) -> Response:
    try:
        with unit_of_work(actor, "request.receive", around=True) as unit:
            row = ReceivedRequest(
                user_id=actor.user_id,
                key=key,
                path=request.path[:300],
                digest=digest,
                received_at=clock.now(),
                device_at=moment("device_at"),
            )
            unit.add(row)
            try:
                unit.flush()
            except IntegrityError as problem:
                raise _Twice from problem
            answer = view()
            if _was_refused(answer):
                raise _NothingDone(_refusal(answer) if wants_json() else answer)
            if not done_around():
                raise _NothingDone(_done(answer.status_code, answer.location, None) if wants_json() else answer)
            row.status, row.location = answer.status_code, (answer.location or "")[:500]
            if answer.is_json and (answer.content_length or 0) <= LONGEST_BODY:
                row.body = answer.get_json()
            return _done(row.status, row.location, row.body) if wants_json() else answer
    except _NothingDone as nothing:
        return nothing.answer


def _was_refused(answer: Response) -> bool:
    told = [message for category, message in session.get("_flashes", []) if category in ("danger", "error")]
    return failure_around() is not None or answer.status_code >= 400 or bool(told and not done_around())


def _refusal(answer: Response) -> Response:
    """What the form would show, for a page that shows it by itself."""
    failure = failure_around()
    told = session.pop("_flashes", [])
    lines: list[dict[str, str]] = []
    status = answer.status_code if answer.status_code >= 400 else 422
    form = g.get("refused_form")
    if isinstance(failure, FORESEEN):
        status = _status_of(failure)
        field, message = explain(failure)
        lines.append({"field": _label(form, field), "message": message})
    elif form is not None:
        for item in form:
            lines += [{"field": _label(form, item.name), "message": str(each)} for each in item.errors]
        lines += [{"field": "", "message": str(each)} for each in form.form_errors]
    if not lines:
        lines = [{"field": "", "message": message} for category, message in told if category in ("danger", "error")]
    if not lines and answer.is_json and (message := answer.get_json().get("message")):
        lines = [{"field": "", "message": message}]
    if not lines:
        lines = [{"field": "", "message": i18n.say(N_("This is not possible now: the record has moved on."))}]
    return make_response(jsonify(done=False, refused=lines), status)


def _status_of(failure: BaseException) -> int:
    if isinstance(failure, OperationalError):
        return 503  # busy: it may be sent again by itself
    kinds = ((NotFound, 404), (NotPermitted, 403), (Conflict, 409))
    return next((code for kind, code in kinds if isinstance(failure, kind)), 422)


def _label(form: Any, name: str | None) -> str:
    field = getattr(form, "_fields", {}).get(name or "") if form is not None else None
    return str(field.label.text) if field is not None else ""


def _done(status: int, location: str | None, body: Any) -> Response:
    if body is not None:
        return make_response(jsonify(body), status)
    return make_response(jsonify(done=True, location=location or ""), 200)


# -- again ---------------------------------------------------------------------------------------------------------


def _repeated(known: ReceivedRequest, digest: str) -> Response:
    if known.digest != digest:
        raise Conflict(N_("This form was received already, with other values. Open the page again."))
    if wants_json() or known.body is not None:
        answer = _done(known.status, known.location, known.body)
    else:
        answer = make_response("", known.status)
        if known.location:
            answer.headers["Location"] = known.location
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


# -- when it happened ----------------------------------------------------------------------------------------------


def moment(field: str) -> datetime | None:
    """A time by the device's clock, as its page sent it; None when there is none that can be read."""
    try:
        return parse_moment(request.form.get(field, ""))
    except (ValueError, OverflowError):
        return None


def happened(now: datetime, device_at: datetime | None, sent_at: datetime | None) -> datetime:
    """When something was entered, by our clock: as long before ``now`` as the device says it was before it was sent.

    Only the difference of two readings of the device's clock counts, so that one which is wrong does no harm.
    """
    if device_at is None or sent_at is None or device_at > sent_at:
        return now
    return now - (sent_at - device_at)


# -- tidying -------------------------------------------------------------------------------------------------------

_received: Table = ReceivedRequest.__table__


def forget_old(now: datetime) -> int:
    """Forget what was received more days ago than the setting says; gives the number."""
    before = now - timedelta(days=settings.number(KEEP_DAYS))
    with unit_of_work(SYSTEM, "request.forget") as unit:
        gone = unit.connection().execute(delete(_received).where(_received.c.received_at < before))
        if gone.rowcount:
            audit.note("received_request", None, {"deleted": gone.rowcount})
        return int(gone.rowcount)


@on_tick
def tidy(at: datetime) -> None:
    """Every few hours. May run twice."""
    if again("received", at, EVERY):
        forget_old(at)
