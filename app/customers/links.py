"""Addresses that customers are given on paper: whoever scans the code of a voucher need not type its number (CP-1)."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app

LENGTH = 20


def _mark(voucher_id: int) -> str:
    key = hashlib.sha256(f"voucher links\n{current_app.config['SECRET_KEY']}".encode()).digest()
    return hmac.new(key, str(voucher_id).encode(), hashlib.sha256).hexdigest()[:LENGTH]


def voucher_token(voucher_id: int) -> str:
    """What stands for the voucher in an address: nobody finds another voucher's by counting."""
    return f"{voucher_id}-{_mark(voucher_id)}"


def voucher_of(token: str) -> int | None:
    """The voucher a token stands for; None for one that is not ours."""
    number, _dash, mark = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        return None
    return int(number) if hmac.compare_digest(mark.encode(), _mark(int(number)).encode()) else None


def complain_url(voucher_id: int) -> str:
    """The address of the complaint form for this product, for the code on its voucher."""
    return f"{current_app.config['PUBLIC_URL'].rstrip('/')}/complain/v/{voucher_token(voucher_id)}"
