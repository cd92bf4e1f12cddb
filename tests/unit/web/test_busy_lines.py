"""All lines are taken: callers are offered to be called back, by keys, and nothing is promised that was not stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from bot.appointments.model import Business
from bot.dialogue.wording import Wording
from bot.errors import StoreError
from bot.events import Answered, DigitPressed, Event
from bot.web import busy_lines
from bot.web.busy_lines import BusyLines
from handoff.history import What
from handoff.model import Medium
from tests.unit.web.fake_centre import NOON, EchoConversation, FakeCentre

SENTENCES = FakeCentre(EchoConversation()).wording("")
OFFER, ASK_NUMBER, PROMISE, NOT_NOTED, GOODBYE = (
    SENTENCES.text(f"busy_{key}") for key in ("offer", "ask_number", "promise", "not_noted", "goodbye")
)


class Line:
    """Answers each sentence with the keys given for it; hangs up when there are none left."""

    def __init__(self, *keys: str, caller: str = "+447700900123") -> None:
        self.keys, self.caller = list(keys), caller
        self.heard: list[str] = []
        self.is_over = False
        self._pressed: asyncio.Queue[str | None] = asyncio.Queue()

    async def events(self) -> AsyncIterator[Event]:
        yield Answered(self.caller, "100")
        while (key := await self._pressed.get()) is not None:
            yield DigitPressed(key)

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        self.heard.append(text)
        if "press" in text:  # a question
            if not self.keys:
                self._pressed.put_nowait(None)
            elif keys := self.keys.pop(0):
                for key in keys:
                    self._pressed.put_nowait(key)

    async def play(self, pcm: bytes) -> None:
        await asyncio.sleep(0)

    async def clear(self) -> None: ...

    async def transfer(self, queue: str, ticket_id: str) -> None:
        raise AssertionError("nobody takes over here")

    async def hang_up(self) -> None:
        self.is_over = True


@pytest.fixture
def centre() -> FakeCentre:
    business = Business("brightwater", "Brightwater Dental", ZoneInfo("Europe/London"), (), {}, {}, {})
    made = FakeCentre(EchoConversation())
    made.offices = SimpleNamespace(at=lambda called: SimpleNamespace(content=SimpleNamespace(business=business)))
    return made


async def call(centre: FakeCentre, line: Line) -> bool:
    async with asyncio.timeout(5):
        return await BusyLines(centre, lambda: NOON).take(line)


async def test_who_presses_one_is_called_back_on_the_number_they_call_from(centre: FakeCentre) -> None:
    line = Line("1")
    assert await call(centre, line)
    assert line.heard == [OFFER, PROMISE]
    assert line.is_over
    [ticket] = centre.tickets.tickets.values()
    assert (ticket.medium, ticket.call_back, ticket.packet.business) == (
        Medium.CALLBACK,
        "+447700900123",
        "brightwater",
    )
    assert [one.what for one in centre.history.happened] == [What.PROMISED]


async def test_who_withholds_their_number_keys_one_in_and_may_clear_it(centre: FakeCentre) -> None:
    line = Line("1", "07700*07700900456#", caller="")
    assert await call(centre, line)
    assert line.heard == [OFFER, ASK_NUMBER, PROMISE]
    [ticket] = centre.tickets.tickets.values()
    assert ticket.call_back == "+447700900456"


async def test_a_key_pressed_twice_is_no_part_of_the_next_answer(centre: FakeCentre) -> None:
    line = Line("11", "07700900456#", caller="")
    assert await call(centre, line)
    [ticket] = centre.tickets.tickets.values()
    assert ticket.call_back == "+447700900456"


async def test_who_keys_in_no_number_is_promised_nothing(centre: FakeCentre) -> None:
    line = Line("1", "12#", "#", caller="")
    assert not await call(centre, line)
    assert line.heard == [OFFER, ASK_NUMBER, ASK_NUMBER, NOT_NOTED]
    assert not centre.tickets.tickets


async def test_who_does_not_want_it_is_let_go(centre: FakeCentre) -> None:
    line = Line("2")
    assert not await call(centre, line)
    assert line.heard == [OFFER, GOODBYE]
    assert not centre.tickets.tickets


async def test_who_presses_nothing_is_asked_again_and_let_go(
    centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busy_lines, "KEY_S", 0.01)
    line = Line("", "")
    assert not await call(centre, line)
    assert line.heard == [OFFER, OFFER, GOODBYE]


async def test_who_hangs_up_in_the_sentence_has_promised_nobody_anything(centre: FakeCentre) -> None:
    assert not await call(centre, Line())
    assert not centre.tickets.tickets


async def test_who_calls_twice_is_called_back_once(centre: FakeCentre) -> None:
    assert await call(centre, Line("1"))
    assert await call(centre, Line("1"))
    assert len(centre.tickets.tickets) == 1


async def test_what_was_not_stored_is_not_promised(centre: FakeCentre, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StoreError("store.busy", "The database does not answer.")

    monkeypatch.setattr(centre.tickets, "add", broken)
    line = Line("1")
    assert not await call(centre, line)
    assert line.heard == [OFFER, NOT_NOTED]


async def test_no_more_than_the_settings_say_are_taken_at_once(centre: FakeCentre) -> None:
    lines = BusyLines(centre, lambda: NOON)
    centre.settings = centre.settings.model_copy(update={"busy_calls": 1})
    assert lines.has_room()
    taking = asyncio.create_task(lines.take(Line("")))
    await asyncio.sleep(0)
    assert not lines.has_room()
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    assert lines.has_room()


async def test_what_is_said_is_the_content_of_the_business_that_was_called(
    centre: FakeCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    responses = {
        "utter_busy_offer": ("{business} rings you: press one.",),
        "utter_busy_promise": ("{business} will ring.",),
    }
    facts = {"brightwater": {"business": "Brightwater Dental"}}
    monkeypatch.setattr(centre, "wording", lambda business: Wording(responses, facts[business]))
    line = Line("1")
    assert await call(centre, line)
    assert line.heard == ["Brightwater Dental rings you: press one.", "Brightwater Dental will ring."]
