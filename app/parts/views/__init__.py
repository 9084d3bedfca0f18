"""Screens of parts and stock (SO-22)."""

from __future__ import annotations

from app.parts.views.counting import CountView, StockCountLineView, StockCountView
from app.parts.views.ordering import PurchaseLineView, PurchaseRequestView, PurchaseView, ReorderView
from app.parts.views.records import (
    PartLevelView,
    PartReservationView,
    PartUnitView,
    PartView,
    StockBalanceView,
    StockMoveView,
    StockPlaceView,
    VanSlipView,
)
from app.parts.views.used import UsedView
from app.parts.views.vans import VanView

__all__ = [
    "CountView",
    "PartLevelView",
    "PartReservationView",
    "PartUnitView",
    "PartView",
    "PurchaseLineView",
    "PurchaseRequestView",
    "PurchaseView",
    "ReorderView",
    "StockBalanceView",
    "StockCountLineView",
    "StockCountView",
    "StockMoveView",
    "StockPlaceView",
    "UsedView",
    "VanSlipView",
    "VanView",
]
