"""The waiting list as rows, each statement within somebody else's transaction: who waits, and who gets a freed time."""

from __future__ import annotations

import contextlib
import datetime as dt

import sqlalchemy as sa

from bot.appointments.diary import SlotTaken
from bot.appointments.model import Appointment, Customer, Slot, Waiting, Wish
from bot.appointments.records import ChooseOffer, Offer
from bot.store import occupancy
from bot.store.rows import WAITING, new_id, slot_to_json, waiting_of, wish_to_json
from bot.store.schema import holds, reminders, waiting_list

NOTICE_COUNTS = dt.timedelta(hours=2)
"""So long after it was due, a notice of a freed time keeps its person from being offered another one."""


class WaitingRows:
    """Of one business."""

    def __init__(self, business: str) -> None:
        self._business = business

    def add(self, connection: sa.Connection, wish: Wish, customer: Customer, now: dt.datetime) -> Waiting:
        insert = sa.insert(waiting_list).values(
            business=self._business, customer_id=customer.id, wish=wish_to_json(wish), since=now, status="waiting"
        )
        return Waiting(new_id(connection, insert), customer, wish, now)

    def listed(self, connection: sa.Connection, which: sa.ColumnElement[bool] | None = None) -> list[Waiting]:
        query = WAITING.where(waiting_list.c.business == self._business, waiting_list.c.status == "waiting")
        query = query if which is None else query.where(which)
        ordered = query.order_by(waiting_list.c.since, waiting_list.c.id)
        return [waiting_of(row) for row in connection.execute(ordered).mappings()]

    def stop(self, connection: sa.Connection, slot: Slot, customer: Customer, by: str) -> None:
        """Whoever books what they waited for leaves the list; what was held for them, or by the call, makes room."""
        query = sa.select(waiting_list.c.id, waiting_list.c.wish).where(
            waiting_list.c.business == self._business,
            waiting_list.c.customer_id == customer.id,
            waiting_list.c.status == "waiting",
        )
        served = [row.id for row in connection.execute(query) if row.wish["service_id"] == slot.service_id]
        occupancy.drop_holds(connection, self._business, [by, *(f"waiting:{waiting_id}" for waiting_id in served)])
        if served:
            connection.execute(sa.update(waiting_list).where(waiting_list.c.id.in_(served)).values(status="served"))
            offered = sa.update(reminders).where(reminders.c.waiting_id.in_(served), reminders.c.status == "planned")
            connection.execute(offered.values(status="dropped"))

    def then_offer(
        self, connection: sa.Connection, done: Appointment, now: dt.datetime, choose: ChooseOffer
    ) -> Appointment:
        """The freed time goes to whoever waits; that it is partly taken again must not undo what was `done`."""
        self._offer(connection, choose(self.listed(connection, self._without_offer(now))))
        return done

    def pass_on(
        self, connection: sa.Connection, slot: Slot, customer: Customer, now: dt.datetime, offer: ChooseOffer
    ) -> None:
        """To somebody else who waits for such a time; who gives it up is held nothing any more."""
        asked = self._asked_about(connection, slot)
        mine = sa.select(waiting_list.c.id).where(waiting_list.c.customer_id == customer.id)
        holders = [f"waiting:{waiting_id}" for waiting_id in connection.scalars(mine) if waiting_id in asked]
        occupancy.drop_holds(connection, self._business, holders)
        others = sa.and_(self._without_offer(now), waiting_list.c.id.not_in(asked))
        self._offer(connection, offer(self.listed(connection, others)))

    def _asked_about(self, connection: sa.Connection, slot: Slot) -> set[int]:
        """Places on the waiting list that have been offered this very time."""
        query = sa.select(reminders.c.waiting_id, reminders.c.slot).where(
            reminders.c.business == self._business, reminders.c.kind == "offer"
        )
        plain = slot_to_json(slot)
        return {row.waiting_id for row in connection.execute(query) if row.slot == plain}

    def _without_offer(self, now: dt.datetime) -> sa.ColumnElement[bool]:
        """Those for whom nothing is held (expired holds have been swept) and who are not about to be told.

        A notice that is long overdue counts for nothing: its time was taken again, or nobody places notices.
        """
        holder = sa.literal("waiting:") + sa.cast(waiting_list.c.id, sa.String)
        held = sa.exists().where(holds.c.business == self._business, holds.c.held_by == holder)
        told = sa.exists().where(
            reminders.c.waiting_id == waiting_list.c.id,
            reminders.c.status.in_(("planned", "claimed")),
            reminders.c.due_at > now - NOTICE_COUNTS,
        )
        return ~held & ~told

    def _offer(self, connection: sa.Connection, offer: Offer | None) -> None:
        """None, or a time that was taken again: nobody is told of anything."""
        if offer:
            with contextlib.suppress(SlotTaken), connection.begin_nested():
                self._write_offer(connection, offer)

    def _write_offer(self, connection: sa.Connection, offer: Offer) -> None:
        waiting = offer.waiting
        if offer.held_until:
            holder = f"waiting:{waiting.id}"
            occupancy.place_hold(connection, self._business, offer.slot.staff_id, offer.cells, holder, offer.held_until)
        notice = sa.insert(reminders).values(
            business=self._business,
            kind="offer",
            waiting_id=waiting.id,
            customer_id=waiting.customer.id,
            slot=slot_to_json(offer.slot),
            due_at=offer.due_at,
            status="planned",
        )
        connection.execute(notice)
