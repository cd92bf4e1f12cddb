"""Appointments booked over a telephone that is not ours (Debian's baresip), by digits and by speech, in real time.

The speech is SIMULATED (`tests/spoken.py`).
"""

import asyncio
import contextlib
import datetime as dt
import re

import pytest

from bot.audio.pcm import resample, to_pcm, to_samples
from bot.channels.door import PhoneDoor
from bot.events import FinishedSpeaking, StartedSpeaking
from bot.phone_settings import SipSettings
from tests.integration.house import DENTAL
from tests.sip_peer import BARESIP, Telephone, free_port
from tests.spoken import Person

pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
from bot.channels.sip import SipPhone

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not BARESIP, reason="needs Debian's baresip-core as the caller's telephone"),
]
MOBILE = "+447700900555"
QUIET_S = 0.5
"""The bot has said all when it begins no further sentence for this long."""
SILENCE = bytes(16_000 * 60)


class Watched:
    """The centre, and what the bot is doing in the call."""

    def __init__(self, centre, person):
        self.centre, self.person, self.report, self.spoke = centre, person, None, 0
        self._waiting = asyncio.Event()

    def is_full(self):
        return self.centre.is_full()

    def health(self):
        return self.centre.health()

    async def take_call(self, channel, reminder=""):
        self.report = await self.centre.take_call(channel, reminder, self._observe)

    def _observe(self, item):
        self.person.observe(item)
        match item:
            case StartedSpeaking():
                self._waiting.clear()
            case FinishedSpeaking():
                self.spoke += 1
                self._waiting.set()

    async def asked(self):
        """Returns when the bot has spoken anew and is waiting."""
        before = self.spoke
        async with asyncio.timeout(40):
            while True:
                await self._waiting.wait()
                spoke = self.spoke
                await asyncio.sleep(QUIET_S)
                if spoke == self.spoke > before and self._waiting.is_set():
                    return

    async def asking(self):
        """Returns while the bot is still asking what the person has an answer to."""
        async with asyncio.timeout(40):
            while not self._has_an_answer():  # noqa: ASYNC110 - each sentence may be the question
                await asyncio.sleep(0.05)
        await asyncio.sleep(QUIET_S)

    def _has_an_answer(self):
        asked = " ".join(self.person.asked)
        return any(re.search(pattern, asked, re.IGNORECASE) for pattern, _ in self.person.answers)


async def converse(telephone, watched, person, is_hasty):
    for saying in person_sayings(person):
        await (watched.asking() if is_hasty else watched.asked())
        answer = next(saying, None)
        if answer is None:
            telephone.say("hangup")
            return
        if isinstance(answer, str):
            await telephone.press(answer)
        else:
            pcm = to_pcm(resample(to_samples(answer), 16_000, 8_000))
            telephone.speak(pcm + SILENCE)
            await asyncio.sleep(len(pcm) / 16_000)


def person_sayings(person):
    """The same iterator again and again: what is said is decided when the bot has asked."""
    sayings = person.sayings()
    while True:
        yield sayings


async def called(house, person, tmp_path, is_hasty=False):
    """The report of a call by that person, from greeting to hang-up."""
    watched = Watched(house.centre, person)
    door, port = PhoneDoor(watched), free_port()
    phone = SipPhone(door, SipSettings(port=port))
    await phone.start()
    try:
        async with Telephone(tmp_path, source=SILENCE, user=MOBILE) as telephone:
            telephone.say("dial", f"sip:{DENTAL.replace(' ', '')}@127.0.0.1:{port}")
            talking = asyncio.create_task(converse(telephone, watched, person, is_hasty))
            async with asyncio.timeout(150):
                await telephone.until("CALL_ESTABLISHED")
                while "CALL_CLOSED" not in telephone.types() or door.calls:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.05)
            talking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await talking
    finally:
        await door.close()
        await phone.close()
    return watched.report


def story(report, person):
    lines = [f"{turn.speaker:6} {turn.text}" for turn in report.turns]
    return "\n".join([*lines, f"not answered: {person.unanswered!r}"])


async def test_an_appointment_is_booked_by_digits_alone_pressed_into_the_bots_questions(house, tmp_path):
    await asyncio.to_thread(house.known, "Anna Smith", MOBILE, dt.date(1984, 3, 14), "SE10 9GB")
    person = Person(
        [
            ("come in for", "keys:1"),
            ("which branch", "keys:1"),
            ("which day", "keys:0112"),
            ("what time", "keys:1430"),
            ("date of birth", "keys:14031984"),
            ("shall I book", "keys:1"),
            ("anything else", "keys:2"),
            ("how can I help|what can I do", "keys:1"),
        ]
    )
    report = await called(house, person, tmp_path, is_hasty=True)
    assert house.starts() == ["2026-12-01 14:30"], story(report, person)


@pytest.mark.slow
async def test_an_appointment_is_booked_by_speech(house, tmp_path):
    await asyncio.to_thread(house.known, "Anna Smith", MOBILE, dt.date(1984, 3, 14), "SE10 9GB")
    person = Person(
        [
            ("come in for", "a check up, please"),
            ("which branch", "the Harbour branch"),
            ("which day", "on Thursday this week"),
            ("what time", "half past ten in the morning"),
            ("date of birth", "the fourteenth of March, nineteen eighty four"),
            ("shall I book", "yes, please"),
            ("anything else", "no, thank you"),
            ("how can I help|what can I do", "I'd like to book an appointment"),
        ]
    )
    report = await called(house, person, tmp_path)
    assert house.starts() == ["2026-11-26 10:30"], story(report, person)
