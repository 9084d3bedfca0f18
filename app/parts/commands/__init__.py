"""What people do with parts: moves, jobs and reservations, vans, stock-taking, purchase requests (SO-22)."""

from __future__ import annotations

from app.parts.commands.counting import book, enter, explain, give_up, recount, start_count, submit
from app.parts.commands.jobs import (
    give_back_from_job,
    hand_in_used,
    mark_removed,
    pass_on,
    release,
    release_reservation,
    reserve,
    take_for_job,
)
from app.parts.commands.moves import correct, give_back, issue, move, receive, scrap, send_back
from app.parts.commands.ordering import (
    cancel_request,
    change_request,
    close_request,
    draft_request,
    receive_request,
    send_request,
)
from app.parts.commands.vans import exchange

__all__ = [
    "book",
    "cancel_request",
    "change_request",
    "close_request",
    "correct",
    "draft_request",
    "enter",
    "exchange",
    "explain",
    "give_back",
    "give_back_from_job",
    "give_up",
    "hand_in_used",
    "issue",
    "mark_removed",
    "move",
    "pass_on",
    "receive",
    "receive_request",
    "recount",
    "release",
    "release_reservation",
    "reserve",
    "scrap",
    "send_back",
    "send_request",
    "start_count",
    "submit",
    "take_for_job",
]
