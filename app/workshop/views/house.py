"""``/workshop``: the tag of an item scanned, and how long everything has been in the house (SO-8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose, has_access, permission_name
from flask_babel import gettext as _

from app.calendars.rules import length_text
from app.core import permissions
from app.core.actors import current
from app.core.fetch import fetch
from app.core.i18n import say
from app.core.uow import unit_of_work
from app.core.views import Page
from app.core.views.refusals import FORESEEN, explain
from app.workshop import commands, queries, rules
from app.workshop.documents import holder_name
from app.workshop.models import GoodsReceipt
from app.workshop.queries import Promise
from app.workshop.views import forms, words
from app.workshop.views.cards import card_of
from app.workshop.views.frame import Framed


class ScanView(Framed, Page):
    """From the QR code on an item, or its number, to the item's page."""

    route_base = "/workshop"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """Scan with the camera, or type the number; a number found leads on."""
        typed = request.args.get("number", "").strip()[:200]
        if typed:
            found = queries.by_tag(re.sub(r"^.*/(?:workshop/tag|item)/", "", typed)) or self._by_number(typed)
            if found is not None:
                return redirect(url_for("RepairCardView.show", pk=found.id))
        return self.render_template("workshop/scan.html", title=_("Scan an item"), typed=typed)

    def _by_number(self, typed: str) -> Any:
        # The running number alone is enough where it is the only one that ends so.
        found = [item.card for item in queries.in_house() if item.number.upper().endswith(typed.upper())]
        return found[0] if len(found) == 1 else None

    @expose("/tag/<token>")
    @has_access
    def tag(self, token: str) -> Any:
        """The item whose tag was scanned; of an item the person may not see nothing is told."""
        card = queries.by_tag(token)
        if card is None:
            abort(404)
        return redirect(url_for("RepairCardView.show", pk=card.id))

    @expose("/photos/<int:receipt_id>", methods=["POST"])
    @has_access
    def photos(self, receipt_id: int) -> Any:
        """More photographs of an item."""
        receipt = fetch(GoodsReceipt, receipt_id)
        form = forms.PhotoForm()
        if not form.validate() or not form.photos.data:
            errors = [error for item in form for error in item.errors]
            flash(str(errors[0]) if errors else _("Choose a photo first."), "danger")
            return redirect(card_of(receipt))
        try:
            with unit_of_work(current(), "goods_receipt.add_photo"):
                for picture in form.photos.data:
                    commands.add_photo(current(), receipt.id, picture=picture, kind=form.kind.data)
        except FORESEEN as error:
            flash(explain(error, self)[1], "danger")
        else:
            flash(_("%(count)s photos kept.", count=len(form.photos.data)), "success")
        return redirect(card_of(receipt))


@dataclass(frozen=True)
class Risk:
    """An item whose promise is in danger: how it stands, and what its technician said."""

    item: GoodsReceipt
    promise: Promise
    said: str


class AgeingView(Page):
    """How long items have been in the house, by branch, and which of them will be late."""

    route_base = "/workshop/ageing"
    default_view = "index"

    @expose("/")
    @has_access
    def index(self) -> Any:
        """A line for each branch, and the oldest items; a number leads to its items."""
        items = queries.in_house()
        ages = {item.id: queries.age_of(item) for item in items}
        table: dict[str, list[int]] = {}  # by the branch's name as it is read
        for item in items:
            row = table.setdefault(str(item.branch), [0] * (len(rules.AGE_BUCKETS) + 1))
            row[rules.bucket(ages[item.id])] += 1
        bounds, branch = self._bounds(), request.args.get("branch", "")
        column = request.args.get("age", -1, type=int)
        if branch in table:
            items = [item for item in items if str(item.branch) == branch]
        if 0 <= column < len(bounds):
            items = [item for item in items if rules.bucket(ages[item.id]) == column]
        oldest = sorted(items, key=lambda item: item.in_at)[:50]
        return self.render_template(
            "workshop/ageing.html",
            title=_("Ageing of items"),
            table=sorted(table.items()),
            totals=[sum(counts) for counts in zip(*table.values(), strict=True)] if table else [],
            bounds=bounds,
            chosen=(branch if branch in table else "", column if 0 <= column < len(bounds) else None),
            old_from=rules.AGE_BUCKETS[-2],
            rows=[(item, ages[item.id], queries.promise_of(item.card)) for item in oldest],
            holder_name=holder_name,
            **words.WORDS,
        )

    @expose("/late")
    @has_access
    @permission_name("index")
    def late(self) -> Any:
        """What is late, will be, or has little to spare: by how much, why, and what may be done about it (SO-10)."""
        lines = [Risk(item, promise, self._said(item)) for item, promise in queries.pressing()]
        return self.render_template(
            "workshop/late.html",
            title=_("Repairs that will be late"),
            lines=lines,
            may=lambda verb: permissions.may(current(), f"repair_card.{verb}"),
            offered=lambda card: {each.verb for each in rules.REPAIR_CARD.allowed(card.status, current().roles)},
            time=lambda minutes: length_text(minutes, say),
            holder_name=holder_name,
            **words.WORDS,
        )

    @staticmethod
    def _said(item: GoodsReceipt) -> str:
        """Why whoever repairs it asked for help, the last time."""
        return next((each.note for each in reversed(item.card.events) if each.kind == "help"), "")

    @staticmethod
    def _bounds() -> list[str]:
        """Headings of the columns: 0–3 days, 4–7 days …, more."""
        first, found = 0, []
        for last in rules.AGE_BUCKETS:
            found.append(_("%(first)s–%(last)s days", first=first, last=last))
            first = last + 1
        return [*found, _("more than %(last)s days", last=rules.AGE_BUCKETS[-1])]
