"""The start page: cards that an area puts there for a role, each a number or a way to begin one's work.

    from app.core import home
    home.card("clerk", title=_l("Calls of today"), url="RepairCallView.list", arguments={"show": "today"},
              count=home.LISTED, icon="fa-phone", order=20)

``LISTED``: the number is the one that the list behind shows, counted as that list counts. A card that leads to another
page gives ``count`` itself and says in ``total`` which element of that page holds the same number. Below the cards stand
the first rows of a list (``latest``), and charts: ``app.core.charts``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext as _
from flask_login import current_user

from app.core import charts, clock
from app.core.actors import Principal, current
from app.core.views.lists import ListPage
from app.core.views.narrowed import count_text, filters_behind, list_count, screen


@dataclass(frozen=True)
class State:
    """What a card says instead of a number: ``text`` in the reader's language, and its ``tone``."""

    text: str
    tone: str = "neutral"


LISTED: Any = object()
"""As ``count``: what the list behind the card counts."""


@dataclass(frozen=True)
class Card:
    """One card. ``count`` gives the number or state shown (through the person's row scope) or None for neither.

    ``total``: id of the element that holds the number on the page behind; empty for a list, which has one.
    """

    roles: frozenset[str]
    title: Any
    url: str
    arguments: dict[str, Any] | Callable[[], dict[str, Any]] = field(default_factory=dict)
    count: Any = None
    icon: str = "fa-folder-open-o"
    tone: str = "neutral"
    note: Any = ""
    order: int = 50
    total: str = ""

    @property
    def address(self) -> str:
        """Where the card leads."""
        found = self.url if self.url.startswith("/") else url_for(self.url, **self.given)
        return f"{found}#{self.total}" if self.total else found

    @property
    def given(self) -> dict[str, Any]:
        """The address's arguments, some of which depend on the day."""
        return self.arguments() if callable(self.arguments) else self.arguments

    def shown(self) -> Shown:
        """The card with its number as it is now."""
        found = self.count
        if found is LISTED:
            found = list_count(self.url.partition(".")[0], self.given)
        elif found is not None:
            found = found()
        if isinstance(found, State):
            return Shown(self, found.text, found.tone, words=True)
        if found is None:
            return Shown(self, "", self.tone)
        return Shown(self, count_text(found), self.tone if found else "none")


@dataclass(frozen=True)
class Shown:
    """A card on the page: ``text`` is its number, or its state in ``words``; where nothing waits the ``tone`` is ``none``."""

    card: Card
    text: str
    tone: str
    words: bool = False


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


@dataclass(frozen=True)
class Latest:
    """The first rows of a list, below the cards of these roles: what people are asked about all day."""

    roles: frozenset[str]
    title: Any
    screen: str
    arguments: dict[str, Any] = field(default_factory=dict)
    limit: int = 8

    @property
    def address(self) -> str:
        """The whole list."""
        return url_for(f"{self.screen}.list", **self.arguments)

    def rows(self) -> ListPage | None:
        """Its rows as they are now; None for a person who may not open the list."""
        view = screen(self.screen)
        if not view.permitted("can_list"):
            return None
        return ListPage(view, filters_behind(view, self.arguments), related=True, limit=self.limit)


_latest: dict[tuple[str, frozenset[str]], Latest] = {}


def latest(*roles: str, **given: Any) -> None:
    """Put the first rows of a list on the start page of these roles, for the same roles one list a screen."""
    new = Latest(frozenset(roles), **given)
    _latest[new.screen, new.roles] = new


def latest_for(principal: Principal) -> list[tuple[Latest, ListPage]]:
    """The person's lists with their rows."""
    found = [(each, each.rows()) for each in _latest.values() if each.roles & principal.roles]
    return [(each, rows) for each, rows in found if rows is not None]


class HomeView(IndexView):
    """``/``: the person's cards, first rows and charts; without a login, the login page."""

    index_template = "home.html"

    @expose("/")
    def index(self) -> Any:
        """The start page."""
        if not current_user.is_authenticated:
            return redirect(self.appbuilder.get_url_for_login)
        self.update_redirect()
        shown = [each.shown() for each in cards_for(current())]
        asked = charts.asked() if charts.charts_for(current()) else None
        return self.render_template(
            self.index_template,
            title=_("Home"),
            cards=[each for each in shown if each.card.count is not None],
            latest=latest_for(current()),
            ways=[each for each in shown if each.card.count is None],
            asked=asked,
            charts=charts.drawn_for(current(), asked) if asked else [],
            periods=charts.PERIODS,
            me=current(),
            today=clock.today(),
        )
