"""The first administrator of an empty office: no default password exists."""

from __future__ import annotations

import pytest
from flask import Flask, current_app
from werkzeug.security import check_password_hash

from app.core.actors import SYSTEM
from app.core.errors import NotPermitted, Refused
from app.organisation.accounts import create_administrator
from app.organisation.people import principal_named
from tests.cast import Cast

CHIEF = {"username": "chief", "name": "钱主任", "email": "chief@example.com", "password": "correct horse"}


def test_an_administrator_made_on_the_command_line_can_log_in(office: Cast) -> None:
    create_administrator(SYSTEM, **CHIEF)
    assert principal_named("chief").roles == {"administrator"}
    user = current_app.appbuilder.sm.find_user(username="chief")  # type: ignore[attr-defined]  # the framework's attribute of the application
    assert check_password_hash(user.password, "correct horse")


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short"},
        {"username": "chief-of-all", "password": "Chief-of-All"},
        {"username": " "},
        {"email": "nowhere"},
        {"username": "CLERK"},
        {"email": "clerk@example.com"},
    ],
)
def test_what_is_wrong_with_it_is_refused(office: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        create_administrator(SYSTEM, **{**CHIEF, **wrong})
    assert not principal_named(CHIEF["username"]).roles


def test_only_an_administrator_makes_administrators(office: Cast) -> None:
    with pytest.raises(NotPermitted):
        create_administrator(office["manager"], **CHIEF)


def test_the_command_asks_for_the_password(app: Flask) -> None:
    typed = "chief\n钱主任\nchief@example.com\ncorrect horse\ncorrect horse\n"
    done = app.test_cli_runner().invoke(args=["create-admin"], input=typed)
    assert done.exit_code == 0, done.output
    assert "correct horse" not in done.output
    again = app.test_cli_runner().invoke(args=["create-admin"], input=typed)
    assert again.exit_code == 1 and "已有帐号" in again.output
