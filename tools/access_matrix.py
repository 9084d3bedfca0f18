"""Write ``tests/access/matrix.csv`` anew: every route as every role.

    python tools/access_matrix.py

Then read the diff: every changed line is a decision about who may do what.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import cast, records
from tests.access import walk
from tests.access.conftest import World
from tests.conftest import SqliteBackend, make_app, make_settings


def main() -> None:
    """Build an office, walk it, write the table."""
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(make_settings(Path(folder)))
        SqliteBackend(app, Path(folder) / "aftercare.db")
        with app.app_context():
            world = World(app, records.load(cast.load()))
        found = walk.walk(app, world.records, world.by_role())
        found |= walk.walk(app, world.records, world.by_role(), acting=True)
    walk.write(found)
    sys.stdout.write(f"{len(found)} routes: {walk.MATRIX.name}\n")


if __name__ == "__main__":
    main()
