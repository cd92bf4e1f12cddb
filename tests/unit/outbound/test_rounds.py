import asyncio

import pytest

from bot.appointments.model import Customer, Slot
from bot.errors import StoreError
from bot.outbound.model import Outcome, Reminder
from bot.outbound.rounds import FirstThatReaches, keep_placing
from tests.fakes_diary import NOW, local

SLOT = Slot("checkup", "anna", "harbour", local(2026, 3, 3, 14), local(2026, 3, 3, 14, 30))
REMINDER = Reminder(1, "clinic", Customer(1, "Maria", "+44"), NOW, offer=SLOT)


class Always:
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.rung = 0

    async def ring(self, reminder: Reminder) -> Outcome:
        self.rung += 1
        return self.outcome


def ring(*lines: Always) -> Outcome:
    return asyncio.run(FirstThatReaches(lines).ring(REMINDER))


def test_the_next_way_is_tried_only_when_one_cannot_reach_the_person():
    page, mail = Always(Outcome.NO_ADDRESS), Always(Outcome.SENT)
    assert ring(page, mail) is Outcome.SENT
    page, mail = Always(Outcome.NO_ANSWER), Always(Outcome.SENT)
    assert ring(page, mail) is Outcome.NO_ANSWER
    assert mail.rung == 0
    assert ring(Always(Outcome.FAILED), Always(Outcome.SENT)) is Outcome.SENT
    assert ring(Always(Outcome.FAILED), Always(Outcome.NO_ADDRESS)) is Outcome.FAILED
    assert ring() is Outcome.NO_ADDRESS


@pytest.mark.parametrize("surprise", [StoreError("store.locked", "Busy."), KeyError("a new business")])
def test_whatever_fails_in_one_round_does_not_end_the_rounds(surprise: Exception):
    rounds = []

    class Placing:
        async def place_due(self, line, clock, has_room):
            rounds.append(clock())
            if len(rounds) == 1:
                raise surprise
            if len(rounds) == 3:
                raise asyncio.CancelledError
            return [(REMINDER, Outcome.SENT)]

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(keep_placing(Placing, Always(Outcome.SENT), lambda: NOW, every_seconds=0))
    assert len(rounds) == 3
