"""A simulated caller on the browser's door: listens to the bot's words, answers what was asked, and takes the time.

Times are taken on the wire, in the caller's process: a reply from the moment the last speech sample was due on the line
to the arrival of the bot's next sound; a barge-in from the caller's first speech sample to `clear`, at which the page
falls silent. Chunks of 20 ms are sent when their last sample would have been spoken, as a microphone does it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import websockets
from websockets.typing import Origin

from bot.bench.script import GOODBYE, HELP, Kind, Scenario, kind_of
from bot.bench.speech import Clip, line_noise
from bot.bench.tally import Tally
from bot.events import CHUNK_BYTES, CHUNK_MS, SAMPLE_RATE, SAMPLE_WIDTH

CHUNK_S = CHUNK_MS / 1000
AUDIBLE = 0.01
"""Of full scale (-40 dBFS): quieter chunks of the bot are the silence between its sentences."""
REACTION_S = 0.7
"""People answer some 0.5 to 1 s after a question; less, and a pause between sentences is taken for its end."""
INTERRUPTS_AFTER_S = 1.2
"""Of the bot's speaking, a caller who knows already cuts in."""
COLLIDES_WITHIN_S = 0.4
"""Bot and caller began at once: so soon nobody can have taken the first word for the whole answer."""
NOTICED_WITHIN_S = 1.5
"""A `clear` this soon after a disturbance's beginning was caused by it."""
QUIET_BETWEEN_NOISES_S = 3.0
UNANSWERED_AFTER_S = 4.0
"""A caller who hears nothing for so long was not heard; that is counted, and no reply time."""
LINE = line_noise(10.0)


@dataclass
class Saying:
    """A clip on its way down the line. Times are those of `time.perf_counter`."""

    clip: Clip
    began: float
    kind: Kind | None = None
    """None: a disturbance."""
    into_bot: bool = False
    """Began while the bot was speaking."""
    sent: int = 0
    was_cleared: bool = False
    was_cut: bool = False
    was_answered: bool = False
    collided: bool = False
    bot_went_on: bool = False
    """The bot still spoke a second after we began."""

    @property
    def first_sample(self) -> float:
        return self.began + self.clip.starts_s

    @property
    def last_sample(self) -> float:
        return self.began + self.clip.ends_s

    @property
    def has_the_floor(self) -> bool:
        return not self.into_bot or self.was_cleared

    def next_chunk(self) -> bytes:
        piece = self.clip.pcm[self.sent : self.sent + CHUNK_BYTES]
        self.sent += CHUNK_BYTES
        return piece.ljust(CHUNK_BYTES, b"\0")

    @property
    def is_said(self) -> bool:
        return self.sent >= len(self.clip.pcm)


class SimulatedCaller:
    """One call, from dialling to hanging up. `clips` holds everything the scenario may want to say."""

    def __init__(
        self,
        url: str,
        scenario: Scenario,
        clips: Mapping[str, Clip],
        disturbances: Sequence[Clip] = (),
        seed: int = 0,
    ) -> None:
        self.tally = Tally()
        self._url = url
        self._scenario = scenario
        self._clips = clips
        self._seed = seed
        self._wishes = list(scenario.wishes)
        self._noises = [*disturbances[seed % 5 :], *disturbances[: seed % 5]] if scenario.disturbs else []
        self._times_asked: Counter[str] = Counter()
        self._said_by_bot: list[str] = []
        """Since the caller last spoke."""
        self._talk: list[str] = []
        self._bot_began = self._bot_until = self._noise_at = 0.0
        """`_bot_until`: when the last sound received so far will have been played."""
        self._saying: Saying | None = None
        self._awaited: Saying | None = None
        """Said, and not answered yet."""
        self._noise: Saying | None = None
        self._is_over = False

    async def call(self, limit_s: float = 240.0) -> Tally:
        """Never raises: a call that breaks is counted as lost."""
        origin = self._url.replace("ws", "http", 1).removesuffix("/call/browser")
        began = time.perf_counter()
        try:
            async with (
                websockets.connect(self._url, origin=Origin(origin), max_size=None, compression=None) as socket,
                asyncio.timeout(limit_s),
            ):
                await socket.send(json.dumps({"type": "start"}))
                await self._hold(socket)
        except (TimeoutError, OSError, websockets.WebSocketException) as error:
            self._end(f"lost: {type(error).__name__}")
        self.tally.seconds = time.perf_counter() - began
        self.tally.transcripts.append([self._scenario.name, *self._talk])
        return self.tally

    async def _hold(self, socket: websockets.ClientConnection) -> None:
        listening = asyncio.create_task(self._listen(socket))
        try:
            await self._speak(socket)
            await listening
        finally:
            listening.cancel()

    def _end(self, how: str) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._talk.append(f"ended: {how}")
        self.tally.finished += how in ("bot", "caller")
        self.tally.handed_over += how == "handed over"
        self.tally.lost += how not in ("bot", "caller", "handed over")

    # Listening ---------------------------------------------------------------------------

    async def _listen(self, socket: websockets.ClientConnection) -> None:
        async for message in socket:
            now = time.perf_counter()
            if isinstance(message, bytes):
                self._hear(message, now)
                continue
            event = json.loads(message)
            match event["type"]:
                case "clear":
                    self._note_clear(now)
                case "caption" if event["final"]:
                    self._note_caption(event["speaker"], event["text"])
                case "state" if event["state"] == "waiting":
                    return self._end("handed over")
                case "ended":
                    return self._end(event["reason"])
        self._end("closed without a word")

    def _hear(self, pcm: bytes, now: float) -> None:
        """The bot's sound: the answer when the caller is done, an interruption while they speak."""
        if np.abs(np.frombuffer(pcm, "<i2")).max(initial=0) < AUDIBLE * 32768:
            return
        if now > self._bot_until + 0.3:
            self._bot_began = now
        self._bot_until = max(self._bot_until, now) + len(pcm) / SAMPLE_WIDTH / SAMPLE_RATE
        if self._saying:
            self._note_talking_over(self._saying, now)
        if self._awaited and now >= self._awaited.last_sample:
            self._note_reply(self._awaited, now)

    def _note_talking_over(self, saying: Saying, now: float) -> None:
        if saying.first_sample + 1.0 < now and saying.into_bot and not saying.was_cleared:
            saying.bot_went_on = True
        inside = saying.first_sample < now < saying.last_sample and saying.has_the_floor
        if saying.kind and inside and now < saying.first_sample + COLLIDES_WITHIN_S and not saying.collided:
            saying.collided = True
            self.tally.collisions += 1
        if saying.kind and inside and not saying.collided and not saying.was_cut:
            saying.was_cut = True
            self.tally.cut_off[saying.kind] += 1
            self._talk.append(f"(cut off in: {saying.clip.text})")
        elif saying.kind and now >= saying.last_sample and saying.has_the_floor and not saying.was_answered:
            self._awaited = saying  # only the sound's dying away is not sent yet

    def _note_reply(self, saying: Saying, now: float) -> None:
        self._awaited, saying.was_answered = None, True
        reply_ms = 1000 * (now - saying.last_sample)
        if saying.kind and saying.has_the_floor and not saying.was_cut:
            self.tally.replies[saying.kind].append(reply_ms)
            self._talk.append(f"({saying.kind}: {reply_ms:.0f} ms)")

    def _note_clear(self, now: float) -> None:
        self._bot_until = now
        for saying in (self._saying, self._awaited):
            if saying and saying.kind and saying.into_bot and not saying.was_cleared:
                saying.was_cleared = True
                self.tally.barge_ins.append(1000 * (now - saying.first_sample))
                return
        if self._noise and not self._noise.was_cleared and now < self._noise.began + NOTICED_WITHIN_S:
            self._noise.was_cleared = True
            self.tally.stopped_by.append(self._noise.clip.text)
            self._talk.append(f"(stopped by {self._noise.clip.text})")

    def _note_caption(self, speaker: str, text: str) -> None:
        self._talk.append(f"{speaker}: {text}")
        if speaker == "bot":
            self._said_by_bot.append(text)
            self.tally.booked += "you're booked" in text.lower()
            if "gone wrong" in text.lower():
                self.tally.broke_down += 1
            else:
                self.tally.asked_again += "sorry" in text.lower()

    # Speaking ----------------------------------------------------------------------------

    async def _speak(self, socket: websockets.ClientConnection) -> None:
        """20 ms every 20 ms, by deadline."""
        start, number = time.perf_counter(), 0
        while not self._is_over:
            deadline = start + number * CHUNK_S
            if (wait_s := deadline - time.perf_counter()) > 0:
                await asyncio.sleep(wait_s)
            self.tally.lateness.append(1000 * max(0.0, time.perf_counter() - deadline))
            if self._saying is None and not self._choose(deadline):
                await socket.send(json.dumps({"type": "hangup"}))
                return
            await socket.send(self._next_chunk(number))
            number += 1

    def _next_chunk(self, number: int) -> bytes:
        """The line's noise and the caller's next 20 ms."""
        at = number * CHUNK_BYTES % len(LINE)
        sound = np.frombuffer(LINE[at : at + CHUNK_BYTES], "<i2").astype(np.int32)
        if saying := self._saying:
            sound = sound + np.frombuffer(saying.next_chunk(), "<i2")
            if saying.is_said:
                self._finish(saying)
        return sound.clip(-32768, 32767).astype("<i2").tobytes()

    def _finish(self, saying: Saying) -> None:
        self._saying = None
        if saying.kind is None:
            return
        if saying.bot_went_on:
            self.tally.barge_ins_missed += 1
        elif not saying.was_cut and not saying.was_answered:
            self._awaited = saying

    def _choose(self, now: float) -> bool:
        """Cut in, make a noise, answer, or wait; False to hang up. `now` is when the next chunk is due."""
        if now < self._bot_until:
            if now - self._bot_began > INTERRUPTS_AFTER_S:
                self._disturb(now)
            return True
        if self._awaited:
            if now > self._awaited.last_sample + UNANSWERED_AFTER_S:
                self.tally.unanswered += 1
                self._talk.append(f"(no answer to: {self._awaited.clip.text})")
                self._awaited = None
            return True
        if not self._said_by_bot or now < self._bot_until + REACTION_S:
            return True
        return self._answer(now)

    def _disturb(self, now: float) -> None:
        """While the bot speaks: the next wish of a caller in a hurry, or a noise."""
        if self._scenario.barges_in and self._wishes and len(self._wishes) < len(self._scenario.wishes):
            self._say(self._wishes.pop(0), now, into_bot=True)
        elif self._noises and now - self._noise_at > QUIET_BETWEEN_NOISES_S:
            self._noise_at = now
            self._noises = [*self._noises[1:], self._noises[0]]
            self._noise = self._saying = Saying(self._noises[-1], now - CHUNK_S, into_bot=True)
            self.tally.disturbances += 1

    def _answer(self, now: float) -> bool:
        asked = [text for text in self._said_by_bot if "?" in text]
        question = asked[-1] if asked else ""
        if not question or HELP.search(question.lower()):
            if self._talk[-1] == f"me: {GOODBYE}":
                return False
            self._say(self._wishes.pop(0) if self._wishes else GOODBYE, now)
            return True
        for answer in self._scenario.answers:
            if answer.fits(question) and self._times_asked[answer.asked] < answer.times:
                text = answer.texts[(self._seed + self._times_asked[answer.asked]) % len(answer.texts)]
                self._times_asked[answer.asked] += 1
                self._say(text, now, answer.kind)
                return True
        self._talk.append(f"(no answer known to: {question})")
        self.tally.gave_up += 1
        return False

    def _say(self, text: str, now: float, kind: Kind | None = None, into_bot: bool = False) -> None:
        kind = kind or kind_of(text)
        self._saying = Saying(self._clips[text], now - CHUNK_S, kind, into_bot)
        self._said_by_bot.clear()
        self._talk.append(f"me: {text}")
        self.tally.spoken[kind] += 1
