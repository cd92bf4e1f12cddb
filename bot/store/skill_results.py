"""What skills from files took down, and the letters that follow: one row, one transaction, so that what is promised
to a caller is stored with everything that must come of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.skills.results import Mail, SkillResult
from bot.store.database import Again, Database
from bot.store.outbox import put
from bot.store.schema import skill_results
from handoff.webhooks import Event

FIRST_REFERENCE: Final = 100_000
REFERENCES: Final = 900_000
LEASE: Final = dt.timedelta(minutes=5)
"""Whoever sends a letter has so long; when they die meanwhile, somebody else sends it."""


@dataclass(frozen=True, slots=True)
class DueLetter:
    id: int
    business: str
    mail: Mail
    tries: int
    """This one included."""


class SkillResults:
    """Implements `dialogue.results.Results`; raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, result: SkillResult, now: dt.datetime) -> str:
        """The reference, six digits, new within the business; what webhooks are told is stored with it."""

        def put_in(connection: sa.Connection) -> str:
            reference = str(FIRST_REFERENCE + secrets.randbelow(REFERENCES))
            try:
                connection.execute(sa.insert(skill_results).values(_row(result, reference, now)))
            except IntegrityError as error:
                raise Again from error
            if result.event:
                put(connection, result.business, Event.SKILL_DONE, _told(result, reference), now)
            return reference

        return self._database.write(put_in)

    def newest(
        self, business: str | None = None, skill: str | None = None, limit: int = 50
    ) -> Sequence[dict[str, Any]]:
        """Newest first, as people read them."""
        query = sa.select(skill_results).order_by(skill_results.c.id.desc()).limit(limit)
        for column, wanted in ((skill_results.c.business, business), (skill_results.c.skill, skill)):
            query = query if wanted is None else query.where(column == wanted)
        return self._database.read(lambda connection: [_read(row) for row in connection.execute(query).mappings()])

    def due_letters(self, now: dt.datetime, limit: int = 20) -> Sequence[DueLetter]:
        """Each for one of those who ask, for as long as `LEASE`."""
        due = sa.and_(skill_results.c.mail_status == "due", skill_results.c.mail_due_at <= now)
        query = sa.select(skill_results).where(due).order_by(skill_results.c.id).limit(limit)

        def claim(connection: sa.Connection) -> list[DueLetter]:
            rows = connection.execute(query.with_for_update(skip_locked=True)).mappings().all()
            mine = skill_results.c.id.in_([row["id"] for row in rows])
            taken = {"mail_due_at": now + LEASE, "mail_tries": skill_results.c.mail_tries + 1}
            connection.execute(sa.update(skill_results).where(mine).values(taken))
            return [DueLetter(row["id"], row["business"], Mail(**row["mail"]), row["mail_tries"] + 1) for row in rows]

        if not self._database.read(lambda connection: connection.scalar(query)):
            return []  # looking must not keep the writer from calls
        return self._database.write(claim)

    def letter_sent(self, result_id: int) -> None:
        self._set(result_id, {"mail_status": "sent"})

    def letter_failed(self, result_id: int, again_at: dt.datetime | None) -> None:
        """None for `again_at`: given up."""
        self._set(result_id, {"mail_due_at": again_at} if again_at else {"mail_status": "dead"})

    def _set(self, result_id: int, values: Mapping[str, Any]) -> None:
        update = sa.update(skill_results).where(skill_results.c.id == result_id).values(dict(values))
        self._database.write(lambda connection: connection.execute(update))


def _row(result: SkillResult, reference: str, now: dt.datetime) -> dict[str, Any]:
    plain = dataclasses.asdict(result)
    plain.pop("event")
    letter = {"mail_status": "due" if result.mail else "", "mail_tries": 0, "mail_due_at": now if result.mail else None}
    return plain | letter | {"reference": reference, "at": now}


def _told(result: SkillResult, reference: str) -> dict[str, Any]:
    """What a webhook is told: `name` is the event of the skill's file."""
    names = ("call_id", "skill", "outcome", "caller", "customer_id")
    facts = {name: getattr(result, name) for name in names}
    return {"name": result.event, "reference": reference, **facts, "values": dict(result.values)}


def _read(row: sa.RowMapping) -> dict[str, Any]:
    names = ("reference", "business", "call_id", "skill", "outcome", "caller", "values", "written", "mail_status")
    return {name: row[name] for name in names} | {"at": row["at"].isoformat()}
