"""What every page goes through: CSRF protection, security headers, error pages, language."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

INDEX_VIEW: Any = None
SECURITY_MANAGER: Any = None


def before_framework(app: Flask) -> None:
    """Install what must stand before the framework registers its views."""
    CSRFProtect(app)


def after_framework(app: Flask) -> None:
    """Install what needs the framework's views."""
