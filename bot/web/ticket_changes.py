"""What becomes of a ticket by a click in a list or a request over REST: taken, done, back to the queue, moved."""

from __future__ import annotations

import asyncio
import datetime as dt
from enum import StrEnum
from typing import Final, Literal

from bot.web.house import House
from handoff.model import WAITS, Ticket, TicketStatus


class Change(StrEnum):
    TAKE = "take"
    """For the one who is first."""
    DONE = "done"
    BACK = "back"
    """It waits again."""


_RULES: Final = {
    Change.TAKE: (TicketStatus.TAKEN, frozenset(WAITS)),
    Change.DONE: (TicketStatus.DONE, frozenset({TicketStatus.TAKEN, TicketStatus.ABANDONED, *WAITS})),
    Change.BACK: (TicketStatus.WAITING, frozenset({TicketStatus.TAKEN, TicketStatus.DONE})),
}
"""The new status, and those from which it is possible."""


class Impossible(Exception):
    def __init__(self, why: Literal["gone", "status", "talking"], sentence: str) -> None:
        super().__init__(sentence)
        self.why, self.sentence = why, sentence


def change_ticket(house: House, ticket_id: str, change: Change, now: dt.datetime) -> Ticket:
    """The ticket as it is then. Blocks. Raises Impossible and StoreError."""
    store = house.centre.tickets
    ticket = _found(house, ticket_id)
    status, possible_from = _RULES[change]
    if ticket.status not in possible_from:
        raise _already(ticket)
    if change is Change.TAKE:
        if not store.take(ticket_id, now):  # somebody was here since we looked: the store lets one only
            raise Impossible("status", "A colleague was quicker.")
    elif house.floor.talks.is_with_person(ticket_id):  # they would be hung up on, or offered to somebody else
        raise Impossible("talking", "A colleague is talking with them.")
    else:
        store.set_status(ticket_id, status, now)
    house.floor.wake()
    return _found(house, ticket_id)


async def move_ticket(house: House, ticket_id: str, queue: str, now: dt.datetime) -> None:
    """To another queue, with its place, while it waits. Raises Impossible and StoreError."""
    ticket = await asyncio.to_thread(_found, house, ticket_id)
    if not await asyncio.to_thread(house.centre.tickets.move, ticket_id, queue, now):
        raise _already(ticket)
    house.floor.moved(ticket_id, queue)


def _found(house: House, ticket_id: str) -> Ticket:
    ticket = house.centre.tickets.get(ticket_id)
    if ticket is None:
        raise Impossible("gone", "There is no such ticket any more.")
    return ticket


def _already(ticket: Ticket) -> Impossible:
    return Impossible("status", f"This ticket is {ticket.status.value} already.")
