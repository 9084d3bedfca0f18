"""Signatures drawn on screen for the jobs of the last days; the older ones were signed on paper (SO-5)."""

from __future__ import annotations

import math
import random
import struct
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.core import files
from app.fieldservice.models import Signature, WorkOrder, WorkOrderEvent
from seeds.demo.rows import Rows

if TYPE_CHECKING:
    from seeds.demo.work import Done

WIDTH, HEIGHT, PEN = 300, 100, 2
HANDS = 24


def build(session: Session, rows: Rows, dice: random.Random, done: Done) -> None:
    """Add a drawing to every job finished lately; its order is in the database already."""
    drawn = [scribble(dice) for _ in range(HANDS)]
    for jobs in done.jobs.values():
        for job in jobs:
            order = rows.of(WorkOrder)[job.order_id - 1]
            if order["unsigned_reason"]:
                continue
            signed_at = order["finished_at"] - timedelta(minutes=2)
            drawing = files.store(
                dice.choice(drawn), f"{order['number']}.png", "image/png", record="work_order", record_id=job.order_id
            )
            session.add_all(
                [
                    Signature(
                        work_order_id=job.order_id,
                        signer=job.product.name[:64],
                        signed_at=signed_at,
                        created_at=signed_at,
                        stored_file_id=drawing.id,
                    ),
                    WorkOrderEvent(
                        work_order_id=job.order_id,
                        kind="signed",
                        at=signed_at,
                        staff_id=job.technician_id,
                        note=job.product.name,
                    ),
                ]
            )
    session.flush()


def scribble(dice: random.Random) -> bytes:
    """A name as people write it on glass: a few loops, as PNG."""
    canvas = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    left = 20.0
    for _ in range(dice.choice((2, 3))):
        width, height = dice.uniform(55, 85), dice.uniform(22, 36)
        loops, lean, phase = dice.uniform(1.5, 3.5), dice.uniform(-0.4, 0.6), dice.uniform(0, math.tau)
        for step in range(500):
            part = step / 500
            x = left + width * part + height * 0.5 * math.cos(math.tau * loops * part + phase)
            y = (
                HEIGHT / 2
                - lean * (part - 0.5) * 30
                + height * math.sin(math.tau * loops * part + phase) * (1 - part / 2)
            )
            _dot(canvas, int(x), int(y))
        left += width * 0.95
    lines = b"".join(b"\0" + bytes(line) for line in canvas)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    )


def _dot(canvas: list[bytearray], x: int, y: int) -> None:
    for row in range(max(y, 0), min(y + PEN, HEIGHT)):
        for column in range(max(x, 0), min(x + PEN, WIDTH)):
            canvas[row][column] = 0x22


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
