"""Run the measurements and print a table."""

from __future__ import annotations

import importlib
import pkgutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import bench
import config
from app import create_app, initialise


def main(only: str) -> None:
    """Print median and worst milliseconds of every measurement whose name begins with ``only``.

    A module with an office of its own (``home``, ``search``) is run by its name.
    """
    found = {}
    for module in pkgutil.iter_modules(bench.__path__):
        if not module.name.startswith("_"):
            found[module.name] = importlib.import_module(f"bench.{module.name}")
    if hasattr(found.get(only), "main"):
        sys.exit(found[only].main())
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load({"VAR_DIR": folder, "DEMO": "0"}, Path(folder) / "none.env")
        app = create_app(settings, QUEUE_URL="", AUTH_RATE_LIMITED=False)
        initialise.run(app, demo=False)
        print(f"{'median':>9} {'worst':>9}  ms")
        for name, (function, rounds) in bench.MEASUREMENTS.items():
            if not name.startswith(only):
                continue
            taken = []
            for action in function(app):
                for _ in range(rounds):
                    begun = time.perf_counter()
                    action()
                    taken.append((time.perf_counter() - begun) * 1000)
            print(f"{statistics.median(taken):9.2f} {max(taken):9.2f}  {name}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
