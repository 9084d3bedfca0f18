"""Addresses of style sheets, scripts and pictures that change with their content, so that browsers keep them for good.

A page used to ask about seventeen files anew each time; on a telephone each is a journey of its own.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

OURS, FRAMEWORK = "static", "appbuilder.static"
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"  # fonts and pictures that a style sheet names by a plain address


def install(app: Flask) -> None:
    """Templates write ``asset('css/office.css')`` and ``framework_asset('css/bootstrap.min.css')``."""
    app.jinja_env.globals.update(asset=asset, framework_asset=framework_asset)


def asset(name: str) -> str:
    """Address of a file under ``app/static`` that changes with its content."""
    return url_for(OURS, filename=name, v=_version(OURS, name))


def framework_asset(name: str) -> str:
    """The same for a file that comes with the framework."""
    return url_for(FRAMEWORK, filename=name, v=_version(FRAMEWORK, name))


def may_be_kept(response: Response) -> str:
    """What a browser is told about keeping the file that was asked for; empty for everything that is no such file."""
    if request.endpoint not in (OURS, FRAMEWORK) or response.status_code not in (200, 304):
        return ""
    if "v" not in request.args:
        return FOR_A_DAY
    # Asked for as it will be, or was: during an upgrade, say. What is served now must not pass for that.
    asked_for = request.args["v"] == _version(request.endpoint, (request.view_args or {})["filename"])
    return FOR_GOOD if asked_for else "no-cache"


def _version(endpoint: str, name: str) -> str:
    folder = current_app if endpoint == OURS else current_app.blueprints["appbuilder"]
    path = Path(str(folder.static_folder)) / name
    return _fingerprint(str(path), path.stat().st_mtime)


@lru_cache(maxsize=512)
def _fingerprint(path: str, _changed: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]
