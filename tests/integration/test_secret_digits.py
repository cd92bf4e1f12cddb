"""A PIN is asked for, keyed in or spoken, through real ears: afterwards it is nowhere."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import soundfile
import yaml

from bot.app import Centre
from bot.audio.pcm import to_pcm
from bot.config import RecordingSettings
from bot.events import CHUNK_BYTES, FREE, AudioChunk, Effect, Event
from tests.integration.house import House, Line
from tests.spoken import Person, PersonChannel

pytestmark = pytest.mark.integration

NLU_DATA = Path(__file__).parents[2] / "nlu_data"
LANTERN = "01632 960777"
KEYED, SPOKEN = "471193", "four seven one one nine three"
TRACES = (KEYED, "4711", "1193", "seven one one", "one one nine", "nine three")
TOP_UP = {
    "title": "topping up",
    "wants": "to top up",
    "phrases": ["i want to top up my prepaid balance", "top up my balance please", "put some credit on my account"],
    "slots": {
        "account": {"kind": "digits", "ask": "What is your account number?", "digits": "5"},
        "pin": {"kind": "secret_digits", "ask": "And your six figure PIN, please?", "digits": "6"},
        "sure": {"kind": "yes_no", "ask": "Shall I top it up by ten pounds?"},
    },
    "steps": [{"ask": "account"}, {"ask": "pin"}, {"ask": "sure"}, {"finish": "done"}],
    "outcomes": {"done": {"say": "It is topped up.", "ticket": {"queue": "billing", "reason": "top up {account}"}}},
}


class WithScreen(PersonChannel):
    """A line that can show text, and a desk that looks on all the while."""

    def __init__(self, person: Person, house: House) -> None:
        super().__init__(person, "+447700900444", LANTERN)
        self.shown: list[str] = []
        self._live = house.centre.live

    async def caption(self, speaker: str, text: str, final: bool) -> None:
        self.shown.append(text)

    def observe(self, item: Event | Effect) -> None:
        super().observe(item)
        if not isinstance(item, AudioChunk):
            self.shown += [json.dumps(self._live.lines(call["id"])) for call in self._live.describe()]


@pytest.fixture
def house(engines: Centre, tmp_path: Path, logs: io.StringIO) -> Iterator[House]:
    content, learnt = tmp_path / "content", engines.settings.home / "intents"
    copytree(NLU_DATA, content, ignore=lambda folder, names: {"brightwater_dental", "harbour_vets"} & {*names})
    path = content / "lantern_broadband" / "skills" / "top_up.yml"
    path.write_text(yaml.safe_dump(TOP_UP, sort_keys=False))
    built = House(tmp_path / "home", engines, content=content, recording=RecordingSettings(on=True))
    copytree(built.home / "intents", learnt, dirs_exist_ok=True)  # half a minute the first time
    yield built
    asyncio.run(built.centre.close())
    assert not (found := traces_in(logs.getvalue())), f"{found} in the logs"


def traces_in(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text.lower()]


def everything_stored(house: House) -> str:
    """Database, journal of calls, outbox, tickets not yet brought in: all files, as bytes."""
    files = [path for path in house.home.rglob("*") if path.is_file() and not {"intents", "recordings"} & {*path.parts}]
    assert files
    return "\n".join(path.read_bytes().decode("latin-1") for path in files)


def words_recorded(house: House, line: Line) -> str:
    """What the ears of the centre make of the recording, the caller's side."""
    files = house.centre.recording.files
    told = []
    for stretch in files.of_call(line.report.call_id, house.now):
        sound, rate = soundfile.read(io.BytesIO(b"".join(files.sound(stretch))))
        assert rate == 16_000
        told.append(_words(house, to_pcm(sound[:, 0].astype(np.float32))))
    return " ".join(told)


def _words(house: House, pcm: bytes) -> str:
    session = house.centre.ear.listen(FREE)
    for begin in range(0, len(pcm), CHUNK_BYTES):
        session.accept(AudioChunk(pcm[begin : begin + CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0")))
    return " ".join(hypothesis.text for hypothesis in session.finish()[:1])


@pytest.mark.parametrize("pin", [f"keys:{KEYED}", f"it's {SPOKEN}, I think"])
def test_after_the_call_a_pin_is_nowhere(house: House, pin: str) -> None:
    person = Person(
        [
            ("how can I help|what can I do", "i want to top up my prepaid balance"),
            ("account number", "keys:52068"),
            ("PIN", pin),
            ("Shall I", "yes please"),
            ("anything else", "no thank you"),
        ]
    )
    channel = WithScreen(person, house)
    line = house.call(person, channel=channel)
    assert "It is topped up" in line.bot, line.story
    assert "52068" in line.caller, "what is no secret is written down"
    [ticket] = house.tickets()
    asyncio.run(house.centre.close())
    assert "52068" in everything_stored(house)
    assert "top up" in words_recorded(house, line)
    for place in (line.story, repr(ticket), repr(house.stored(line)), *channel.shown, everything_stored(house)):
        assert not traces_in(place), place[-2_000:]
    assert not traces_in(words_recorded(house, line))
