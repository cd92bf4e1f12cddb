from types import SimpleNamespace

import pytest

from bot.errors import ChannelError
from bot.outbound.model import Outcome
from bot.web.phone_line import PhoneLine

REMINDER = SimpleNamespace(id=7, customer=SimpleNamespace(phone="+441632960001"))


class Telephone:
    def __init__(self, *told):
        self.told, self.called = told, []

    async def place_call(self, number, reminder="", ring_s=30.0):
        self.called.append((number, reminder))
        for step in self.told:
            if isinstance(step, Exception):
                raise step
            yield step


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (("dialling", "ringing", "answered", "ended"), Outcome.NO_ANSWER),
        (("dialling", "ringing", "busy"), Outcome.BUSY),
        (("dialling", "declined"), Outcome.BUSY),
        (("dialling", "ringing", "no_answer"), Outcome.NO_ANSWER),
        (("dialling", "failed"), Outcome.FAILED),
        (("dialling", ChannelError("channel.number", "No.")), Outcome.FAILED),
        ((), Outcome.FAILED),
    ],
)
async def test_what_the_line_tells_becomes_the_outcome_of_the_attempt(told, outcome):
    telephone = Telephone(*told)
    assert await PhoneLine(lambda: telephone).ring(REMINDER) is outcome
    assert telephone.called == [("+441632960001", "7")]


async def test_without_a_line_or_a_number_nobody_is_rung():
    assert await PhoneLine(lambda: None).ring(REMINDER) is Outcome.NO_ADDRESS
    nobody = SimpleNamespace(id=7, customer=SimpleNamespace(phone=""))
    assert await PhoneLine(Telephone).ring(nobody) is Outcome.NO_ADDRESS
