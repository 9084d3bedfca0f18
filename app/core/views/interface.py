"""The data model interface under every screen and API: units of work for writes, capped counts, eager loading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g, has_app_context
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import func, select
from sqlalchemy.orm import Query, RelationshipProperty, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.core.actors import current
from app.core.uow import unit_of_work
from app.core.views.columns import INTEGER_MAX, mapper_of
from app.core.views.filters import OfficeFilterConverter

COUNT_CAP = 1000
COUNT_ALL = 1_000_000
PAGE_MAX = 100


def count_cap() -> int:
    """Up to how many rows lists count: as far as it costs nothing, or all where a chart said how many there are."""
    return COUNT_ALL if has_app_context() and g.get("count_all") else COUNT_CAP


class OfficeInterface(SQLAInterface):
    """FAB's interface with one transaction a write: row, audit entry and outbox together or nothing (trap 9)."""

    filter_converter_class = OfficeFilterConverter

    def __init__(self, obj: type[Any], session: Any = None) -> None:
        super().__init__(obj, session)
        self.eager_paths: set[str] = set()
        self._eager: list[ORMOption] | None = None

    # -- reading ---------------------------------------------------------------------------------------------------
    def load_with(self, paths: Iterable[str]) -> None:
        """Load these paths (``customer``, ``call.customer``, ``items``) together with every list."""
        self.eager_paths |= {path for path in paths if path}
        self._eager = None

    def eager_options(self) -> list[ORMOption]:
        """Loader options for the paths: references by join, collections by one further statement each."""
        if self._eager is None:
            self._eager = [option for path in sorted(self.eager_paths) if (option := self._load(path)) is not None]
        return self._eager

    def _load(self, path: str) -> ORMOption | None:
        mapper, option, to_many = mapper_of(self.obj), None, False
        for part in path.split("."):
            found = mapper.attrs.get(part)
            if not isinstance(found, RelationshipProperty):
                break
            to_many = to_many or bool(found.uselist)
            attribute = getattr(mapper.class_, part)
            if option is None:
                option = selectinload(attribute) if to_many else joinedload(attribute)
            else:
                option = option.selectinload(attribute) if found.uselist else option.joinedload(attribute)
            mapper = found.mapper
        return option

    def query(
        self,
        filters: Filters | None = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        select_columns: list[str] | None = None,
        outer_default_load: bool = False,
    ) -> tuple[int, list[Any]]:
        """How many rows there are and those of one page. A first page that is not full needs no counting."""
        asked = (filters, order_column, order_direction, page, page_size, select_columns, outer_default_load)
        if page or not page_size or select_columns:
            found: tuple[int, list[Any]] = super().query(*asked)
            return found
        statement = self.session.query(self.obj)
        rows = self.apply_all(statement, *asked).all()
        return (len(rows) if len(rows) < page_size else self.query_count(statement, filters)), rows

    def query_count(
        self, query: Query[Any], filters: Filters | None = None, select_columns: list[str] | None = None
    ) -> int:
        """How many rows, at most one more than ``count_cap()``: counting 200,000 rows costs more than showing a page."""
        inner = self._apply_inner_all(query, filters, select_columns=select_columns, aliases_mapping={})
        # The mapped attribute, not the table's column: row scope sees only what is mapped.
        key = mapper_of(self.obj).get_property_by_column(mapper_of(self.obj).primary_key[0]).class_attribute
        rows = inner.order_by(None).with_entities(key).limit(count_cap() + 1).subquery()
        return int(self.session.execute(select(func.count()).select_from(rows)).scalar_one())

    def apply_all(self, query: Query[Any], *args: Any, **kwargs: Any) -> Query[Any]:
        found: Query[Any] = super().apply_all(query, *args, **kwargs)
        # Lists for the screen only: the REST API asks for its own columns.
        wanted = kwargs.get("select_columns") or (args[5] if len(args) > 5 else None)
        return found if wanted else found.options(*self.eager_options())

    def get(self, id: Any, *args: Any, **kwargs: Any) -> Any:
        """The row with this id if it exists and the person may see it, else None."""
        key = self._key(id)
        return None if key is None else super().get(key, *args, **kwargs)

    def _key(self, value: Any) -> Any:
        if self.is_pk_composite():
            return value if isinstance(value, (list, tuple)) else None
        if mapper_of(self.obj).primary_key[0].type.python_type is int:
            try:
                number = int(str(value))
            except ValueError:
                return None
            return number if 0 < number <= INTEGER_MAX else None
        return value

    def get_related_obj(self, col_name: str, value: Any) -> Any:
        """The referenced row by id through the person's scope (never out of the identity map)."""
        return find(self.get_related_model(col_name), value)

    # -- writing ---------------------------------------------------------------------------------------------------
    @property
    def verbs(self) -> str:
        """First part of the verbs ``….create``, ``….update``, ``….delete`` in the audit trail."""
        return str(self.obj.__tablename__)

    def add(self, item: Any, commit: bool = True) -> None:
        with unit_of_work(current(), f"{self.verbs}.create") as session:
            session.add(item)
            session.flush()

    def edit(self, item: Any, commit: bool = True) -> None:
        with unit_of_work(current(), f"{self.verbs}.update") as session:
            session.merge(item)
            session.flush()

    def delete(self, item: Any, commit: bool = True) -> None:
        with unit_of_work(current(), f"{self.verbs}.delete") as session:
            session.delete(item)
            session.flush()

    def delete_all(self, items: list[Any]) -> None:
        with unit_of_work(current(), f"{self.verbs}.delete") as session:
            for item in items:
                session.delete(item)
            session.flush()


def find(model: type[Any], value: Any) -> Any:
    """The row of ``model`` with this primary key, through the acting person's row scope; None for anything else."""
    interface_key = mapper_of(model).primary_key[0]
    if interface_key.type.python_type is int:
        try:
            value = int(str(value))
        except ValueError:
            return None
        if not 0 < value <= INTEGER_MAX:
            return None
    from app.core.db import db

    return db.session.execute(select(model).where(interface_key == value)).unique().scalar_one_or_none()
