"""Those who oversee: they listen to talks, whisper, barge in; they watch and hear calls of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.channels.web_socket import WebSocketLike
from bot.clock import utc_now
from bot.events import AudioChunk
from bot.taps import Who
from bot.web.agent_line import AgentLine
from bot.web.centre import Centre
from bot.web.talk_sounds import TalkSounds
from handoff.mixing import Mixer, Part
from handoff.people import OVERSEES, Person

LOOK_S: Final = 0.5
"""How often the transcript of a bot's call is looked at for new lines."""

PARTS: Final = {"listen": Part.LISTENER, "whisper": Part.WHISPERER, "barge": Part.BARGER}


class Earphone:
    """A tap that lets one page hear both sides of a call of the bot."""

    def __init__(self, line: AgentLine) -> None:
        self._line, self._mixer = line, Mixer()

    def heard(self, who: Who, pcm: bytes) -> None:
        if heard := self._mixer.put(who, pcm):
            self._line.pump.put(heard)


class Overseers:
    """Whose pages listen: who may not any more hears nothing more."""

    def __init__(self) -> None:
        self._lines: dict[int, set[AgentLine]] = {}

    @contextmanager
    def listening(self, person: Person, socket: WebSocketLike) -> Iterator[AgentLine]:
        """One accepted WebSocket of theirs."""
        line = AgentLine(socket)
        self._lines.setdefault(person.id, set()).add(line)
        try:
            yield line
        finally:
            self._lines.get(person.id, set()).discard(line)

    async def changed(self, person: Person) -> None:
        """What an admin decides holds at once."""
        if not (person.is_active and person.role in OVERSEES):
            for line in tuple(self._lines.pop(person.id, ())):
                await line.close(1008)


async def oversee(sounds: TalkSounds, line: AgentLine, agent: int) -> None:
    """Until it closes: unheard at first, then as its page says."""
    sounds.oversee(agent, line, Part.LISTENER)
    try:
        while (message := await line.receive()) is not None:
            if isinstance(message, AudioChunk):
                sounds.from_overseer(agent, line, message)
            else:
                sounds.oversee(agent, line, PARTS.get(message.type, Part.LISTENER))
                await line.show({"mode": message.type}, utc_now().isoformat())
    finally:
        sounds.oversee_no_more(agent, line)
        await line.close()


async def watch(centre: Centre, line: AgentLine, call_id: str) -> None:
    """Until it closes or the bot is done: what is said in that call, heard and read."""
    earphone = Earphone(line)
    centre.taps.open(call_id, earphone)
    telling = asyncio.create_task(_tell(centre, line, call_id))
    try:
        while await line.receive() is not None:
            pass
    finally:
        telling.cancel()
        centre.taps.close(call_id, earphone)
        await line.close()


async def _tell(centre: Centre, line: AgentLine, call_id: str) -> None:
    while (lines := centre.live.lines(call_id)) is not None:
        await line.show({"call": call_id, "lines": lines}, utc_now().isoformat())
        await asyncio.sleep(LOOK_S)
    await line.show({"call": call_id, "over": True}, utc_now().isoformat())
    await line.close()
