"""Cases in the database. Tickets and what happens to them change cases within the same transaction."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.schema import case_steps, cases, stale_contacts
from handoff.cases import AGAIN, Case, CaseStatus, Change, FollowUp, Step, StepWhat, about, after, came
from handoff.history import Happening
from handoff.model import Packet, Ticket

MOST: Final = 200
_TOLD: Final = frozenset({StepWhat.CLOSED, StepWhat.REOPENED, StepWhat.FOLLOW_UP})
"""What decides whether its calls are resolved: the book looks at them again."""
_COLUMNS: Final = tuple(Case.__dataclass_fields__)


class Cases:
    """Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, owner: int | None = None) -> list[Case]:
        """Of that colleague (else of everybody), the one due first of all; those without a date last."""
        query = sa.select(cases).where(cases.c.status == CaseStatus.OPEN.value)
        if owner is not None:
            query = query.where(cases.c.owner == owner)
        query = query.order_by(cases.c.due_at.is_(None), cases.c.due_at, cases.c.created_at, cases.c.id).limit(MOST)
        return self._database.read(lambda connection: _found(connection, query))

    def get(self, case_id: str) -> Case | None:
        query = sa.select(cases).where(cases.c.id == case_id)
        return self._database.read(lambda connection: next(iter(_found(connection, query)), None))

    def of_ticket(self, ticket_id: str) -> Case | None:
        return self._database.read(lambda connection: of_ticket(connection, ticket_id))

    def history(self, case_id: str) -> list[Step]:
        """Oldest first."""
        query = sa.select(case_steps).where(case_steps.c.case_id == case_id).order_by(case_steps.c.id)
        return self._database.read(lambda connection: [_step_of(row) for row in connection.execute(query).mappings()])

    def change(self, case_id: str, decide: Callable[[Case], Change]) -> Case | None:
        """None when there is no such case."""

        def within(connection: sa.Connection) -> Case | None:
            query = sa.select(cases).where(cases.c.id == case_id).with_for_update()
            found = next(iter(_found(connection, query)), None)
            return _write(connection, decide(found), is_new=False) if found else None

        return self._database.write(within)


def ticket_came(connection: sa.Connection, ticket: Ticket) -> None:
    """Opens a case, or joins the one that it is about."""
    now = ticket.created_at
    known = about(_near(connection, ticket.packet, now), ticket.packet, now)
    _write(connection, came(known, ticket, secrets.token_hex(8), now), is_new=known is None)


def happened(connection: sa.Connection, happening: Happening) -> None:
    case = of_ticket(connection, happening.ticket_id)
    if case and (change := after(case, happening)):
        _write(connection, change, is_new=False)


def _near(connection: sa.Connection, packet: Packet, now: dt.datetime) -> Sequence[Case]:
    """Of the same number or name, not closed long ago."""
    who = [cases.c.caller == packet.caller[:64]] if packet.caller else []
    who += [sa.func.lower(cases.c.customer) == packet.customer.lower()] if packet.customer else []
    if not who:
        return ()
    alive = sa.or_(cases.c.status == CaseStatus.OPEN.value, cases.c.closed_at >= now - AGAIN)
    query = sa.select(cases).where(cases.c.business == packet.business, sa.or_(*who), alive)
    return _found(connection, query.order_by(cases.c.created_at.desc()).limit(MOST))


def of_ticket(connection: sa.Connection, ticket_id: str) -> Case | None:
    of = sa.select(case_steps.c.case_id).where(case_steps.c.ticket_id == ticket_id)
    return next(iter(_found(connection, sa.select(cases).where(cases.c.id.in_(of)))), None)


def _write(connection: sa.Connection, change: Change, *, is_new: bool) -> Case:
    case, step = change
    row = _row_of(case)
    connection.execute(
        sa.insert(cases).values(row) if is_new else sa.update(cases).where(cases.c.id == case.id).values(row)
    )
    connection.execute(sa.insert(case_steps).values(_step_row(step) | {"case_id": case.id}))
    if step.what in _TOLD:
        of = sa.select(sa.literal("ticket:") + case_steps.c.ticket_id).where(case_steps.c.case_id == case.id)
        notes = of.where(case_steps.c.ticket_id != "").distinct()
        connection.execute(sa.insert(stale_contacts).from_select(["source"], notes))
    return case


def _row_of(case: Case) -> dict[str, Any]:
    row = asdict(case) | {"status": case.status.value, "follow_up": case.follow_up.value}
    return row | {"caller": case.caller[:64], "customer": case.customer[:200], "wants": case.wants[:500]}


def _step_row(step: Step) -> dict[str, Any]:
    return asdict(step) | {"what": step.what.value, "note": step.note[:2000]}


def _step_of(row: sa.RowMapping) -> Step:
    return Step(StepWhat(row["what"]), row["at"], row["agent"], row["ticket_id"], row["note"])


def _found(connection: sa.Connection, query: sa.Select[Any]) -> list[Case]:
    return [
        Case(**{**{name: row[name] for name in _COLUMNS}, "status": CaseStatus(row["status"]),
                "follow_up": FollowUp(row["follow_up"])})
        for row in connection.execute(query).mappings()
    ]  # fmt: skip
