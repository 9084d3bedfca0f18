"""Who says that somebody works here no longer: whoever stands above them, on both databases."""

from __future__ import annotations

import pytest

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.organisation.commands import leave
from app.organisation.models import Staff
from app.organisation.rules import JOBS, stands_above
from tests.cast import Cast


@pytest.mark.parametrize("job", JOBS)
def test_nobody_stands_above_who_is_beside_them(job: str) -> None:
    assert not stands_above(job, job)


def test_a_superior_of_the_branch_says_who_has_left_and_nobody_else(office: Cast) -> None:
    for actor, person in (
        ("supervisor", "manager"),
        ("supervisor", "accountant"),
        ("supervisor", "supervisor"),
        ("supervisor_sz", "technician"),
        ("manager", "supervisor_sz"),
    ):
        with pytest.raises(Refused):
            leave(office[actor], office.staff(person))
    for actor, person in (("supervisor", "clerk"), ("manager", "supervisor"), ("admin", "manager")):
        assert not leave(office[actor], office.staff(person)).active, (actor, person)
    with acting_as(SYSTEM):
        assert db.session.get_one(Staff, office.staff("accountant")).active
