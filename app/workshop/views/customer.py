"""The workshop on the customer's page: what of the customer's is in the house, and the receipts (CU-1, SO-7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.core import permissions
from app.core.actors import current
from app.core.db import db
from app.core.views.display import chip
from app.customers import page
from app.customers.models import Customer, Voucher
from app.workshop.models import GoodsReceipt
from app.workshop.views import words
from app.workshop.views.cards import card_of


def _numbers(*conditions: Any) -> Callable[[int], Select[Any]]:
    return lambda key: (
        select(func.count(GoodsReceipt.id)).join(GoodsReceipt.voucher).where(Voucher.customer_id == key, *conditions)
    )


def _in_house(_customer: Customer, counts: page.Counts) -> page.Fact | None:
    count = counts["items_in_house"]
    return page.Fact(_l("In the house"), count, "", "warning") if count else None


def _of_products(lines: Mapping[int, page.ProductLine], counts: page.Counts) -> None:
    """Which products are in the house, and how far they are."""
    if not counts.get("items_in_house"):
        return
    statement = (
        select(GoodsReceipt)
        .where(GoodsReceipt.voucher_id.in_(lines), GoodsReceipt.out_at.is_(None))
        .options(joinedload(GoodsReceipt.card))
    )
    for item in db.session.scalars(statement):
        link = Markup('<a href="{}">{}</a>').format(card_of(item), _("In the house"))
        state = chip(words.CARD_STATES[item.card.status], words.CARD_TONES.get(item.card.status, "neutral"))
        lines[item.voucher_id].notes.append(Markup("{} {}").format(link, state))


def _receipts(customer: Customer, limit: int) -> list[page.Paper]:
    if not permissions.may(current(), "print.goods_receipt"):
        return []
    statement = (
        select(GoodsReceipt)
        .join(GoodsReceipt.voucher)
        .where(Voucher.customer_id == customer.id)
        .order_by(GoodsReceipt.in_at.desc())
        .limit(limit)
    )
    return [
        page.Paper(
            each.in_at,
            _("Goods receipt 003"),
            each.number,
            url_for("PrintView.now", name="goods_receipt", record_id=each.id),
        )
        for each in db.session.scalars(statement)
    ]


page.PRODUCT_NOTES["workshop"] = _of_products
page.register(
    page.Part(
        tab="items",
        label=_l("Workshop"),
        order=25,
        screen="GoodsReceiptView",
        lists=lambda customer: [
            page.rows(
                "GoodsReceiptView",
                customer,
                GoodsReceipt.voucher.has(Voucher.customer_id == customer.id),
                hide=("voucher.customer",),
            )
        ],
        counts={"items": _numbers(), "items_in_house": _numbers(GoodsReceipt.out_at.is_(None))},
        fact=_in_house,
        papers=_receipts,
    )
)
