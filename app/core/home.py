"""The start page: cards that an area puts there for a role, each a number or a way to begin one's work.

from app.core import home
home.card("clerk", title=_l("Calls to close"), url="RepairCallView.list", arguments={"_flt_1_status": "done"},
          count=queries.calls_to_close, icon="fa-check", tone="warning", order=20)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext as _
from flask_login import current_user

from app.core import clock
from app.core.actors import Principal, current


@dataclass(frozen=True)
class Card:
    """One card. ``count`` gives the number shown (through the person's row scope) or None for no number."""

    roles: frozenset[str]
    title: Any
    url: str
    arguments: dict[str, Any] = field(default_factory=dict)
    count: Callable[[], int | None] | None = None
    icon: str = "fa-folder-open-o"
    tone: str = "neutral"
    note: Any = ""
    order: int = 50

    @property
    def address(self) -> str:
        """Where the card leads."""
        return self.url if self.url.startswith("/") else url_for(self.url, **self.arguments)


_cards: list[Card] = []


def card(*roles: str, **given: Any) -> None:
    """Put a card on the start page of these roles; declaring the same title and address again replaces it."""
    new = Card(frozenset(roles), **given)
    same = [c for c in _cards if c.url == new.url and c.arguments == new.arguments and c.order == new.order]
    for old in same:
        _cards.remove(old)
    _cards.append(new)


def cards_for(principal: Principal) -> list[Card]:
    """The person's cards in order."""
    return sorted((c for c in _cards if c.roles & principal.roles), key=lambda c: c.order)


_first_pages: dict[str, str] = {}


def first_page(role: str, endpoint: str) -> None:
    """Where people who hold only this role go after logging in, instead of the start page."""
    _first_pages[role] = endpoint


def after_login(roles: frozenset[str]) -> str:
    """The address to go to after logging in."""
    for role in roles if len(roles) == 1 else ():
        if role in _first_pages:
            return url_for(_first_pages[role])
    return url_for("HomeView.index")


class HomeView(IndexView):
    """``/``: the person's cards; without a login, the login page."""

    index_template = "home.html"

    @expose("/")
    def index(self) -> Any:
        """The start page."""
        if not current_user.is_authenticated:
            return redirect(self.appbuilder.get_url_for_login)
        self.update_redirect()
        shown = [(c, c.count() if c.count is not None else None) for c in cards_for(current())]
        return self.render_template(
            self.index_template, title=_("Home"), cards=shown, me=current(), today=clock.today()
        )
