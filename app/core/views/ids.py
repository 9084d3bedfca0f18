"""Forms hold rows, commands take ids: the bridge for a view's ``add_command`` and ``edit_command``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from app.core.errors import Refused


def by_id(command: Callable[..., Any], *references: str) -> Callable[..., Any]:
    """``command`` for a generated form: its fields ``references`` become the arguments ``<name>_id``.

    A refusal about ``<name>_id`` appears at the field ``<name>``.
    """

    @functools.wraps(command)
    def run(actor: Any, *args: Any, **values: Any) -> Any:
        for name in references:
            if name in values:
                row = values.pop(name)
                values[f"{name}_id"] = None if row is None else row.id
        try:
            return command(actor, *args, **values)
        except Refused as refused:
            if refused.field is not None and refused.field.removesuffix("_id") in references:
                refused.field = refused.field.removesuffix("_id")
            raise

    return run
