"""Who works here, in the database (`handoff/people.py: PersonStore`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.schema import people
from handoff.people import Person, Role


class People:
    """Implements `handoff.people.PersonStore`; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, person: Person, now: dt.datetime) -> Person:
        """Raises StoreError `store.taken` when somebody was quicker with that login."""
        insert = sa.insert(people).values(_row(person) | {"created_at": now}).returning(people.c.id)

        def put(connection: sa.Connection) -> int:
            try:
                return int(connection.execute(insert).scalar_one())
            except sa.exc.IntegrityError as error:
                raise StoreError("store.taken", "Somebody signs in with that name already; choose another.") from error

        number = self._database.write(put)
        return Person(number, *(getattr(person, name) for name in _FIELDS))

    def get(self, person_id: int) -> Person | None:
        return self._one(sa.select(people).where(people.c.id == person_id))

    def by_login(self, login: str) -> Person | None:
        return self._one(sa.select(people).where(people.c.login == login))

    def everybody(self) -> Sequence[Person]:
        return self._find(sa.select(people).order_by(people.c.name, people.c.id))

    def replace(self, person: Person) -> None:
        """Raises StoreError `store.no_person`."""
        update = sa.update(people).where(people.c.id == person.id).values(_row(person))
        if self._database.write(lambda connection: connection.execute(update).rowcount) != 1:
            raise StoreError("store.no_person", "That person is not here any more.")

    def _one(self, query: sa.Select[Any]) -> Person | None:
        return next(iter(self._find(query)), None)

    def _find(self, query: sa.Select[Any]) -> list[Person]:
        return self._database.read(lambda connection: [_person(row) for row in connection.execute(query).mappings()])


_FIELDS = ("login", "name", "role", "password_hash", "session_key", "queues", "is_active")


def _row(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in _FIELDS} | {
        "role": person.role.value,
        "queues": dict(person.queues),
    }


def _person(row: sa.RowMapping) -> Person:
    values = {name: row[name] for name in ("id", *_FIELDS)}
    return Person(**(values | {"role": Role(row["role"])}))
