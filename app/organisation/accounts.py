"""Accounts made on the command line."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import func, or_, select
from werkzeug.security import generate_password_hash

from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.uow import command

SHORTEST_PASSWORD = 10


@command("account.change")
def create_administrator(actor: Principal, *, username: str, name: str, email: str, password: str) -> int:
    """An account with the administrator's role; gives its id. Raises ``Refused``."""
    manager = current_app.extensions["appbuilder"].sm
    username, name, email = username.strip(), name.strip(), email.strip()
    role = manager.find_role("administrator")
    if role is None:
        raise Refused(N_("The database is not initialised: run “python run.py init” first."))
    if not username or not name:
        raise Refused(N_("User name and full name are needed."))
    if "@" not in email:
        raise Refused(N_("This is not an e-mail address."), field="email")
    if len(password) < SHORTEST_PASSWORD or password.lower() in (username.lower(), email.lower()):
        raise Refused(
            N_("The password needs at least %(length)d characters and may not be the user name."),
            field="password",
            length=SHORTEST_PASSWORD,
        )
    model = manager.user_model
    taken = select(model.id).where(or_(func.lower(model.username) == username.lower(), model.email == email))
    if db.session.execute(taken).first():
        raise Refused(N_("There is already an account with this user name or e-mail address."), field="username")
    user = model(
        username=username,
        first_name=name,
        last_name="",
        email=email,
        active=True,
        password=generate_password_hash(password),
        roles=[role],
    )
    db.session.add(user)
    db.session.flush()
    return int(user.id)
