"""A simulated caller: listens to the bot's words, answers what was asked, and has the time taken.

Times are taken on the wire, in the caller's process: a reply from the moment the last speech sample was due on the line
to the arrival of the bot's next sound; a barge-in from the caller's first speech sample to the bot's silence.
Chunks of 20 ms are sent when their last sample would have been spoken, as a microphone does it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from bot.audio.pcm import resample, to_pcm, to_samples
from bot.bench.impairments import CLEAN, Condition, Impaired
from bot.bench.line import Caption, Ended, FromBot, Line, LineLost, Sound, Stopped
from bot.bench.script import GOODBYE, HELP, Kind, Scenario, kind_of
from bot.bench.speech import Clip, line_noise
from bot.bench.tally import Tally
from bot.bench.timing import Saying, Stopwatch
from bot.events import CHUNK_BYTES, CHUNK_MS, SAMPLE_RATE

CHUNK_S = CHUNK_MS / 1000
REACTION_S = 0.7
"""People answer some 0.5 to 1 s after a question; less, and a pause between sentences is taken for its end."""
INTERRUPTS_AFTER_S = 1.2
"""Of the bot's speaking, a caller who knows already cuts in."""
QUIET_BETWEEN_NOISES_S = 3.0
UNANSWERED_AFTER_S = 4.0
"""A caller who hears nothing for so long was not heard; that is counted, and no reply time."""
ECHO_DB, ECHO_CHUNKS = -30.0, 8
"""A loudspeaker telephone gives the bot's voice back, quieter and 160 ms later."""
LINE = line_noise(10.0)


class SimulatedCaller:
    """One call, from dialling to hanging up. `clips` holds everything the scenario may want to say."""

    def __init__(
        self,
        line: Line,
        scenario: Scenario,
        clips: Mapping[str, Clip],
        disturbances: Sequence[Clip] = (),
        seed: int = 0,
        condition: Condition = CLEAN,
        room: bytes = LINE,
    ) -> None:
        """`room`: what is heard beside the voice, repeated."""
        self.tally = Tally()
        self._line = line
        self._scenario = scenario
        self._clips = clips
        self._seed = seed
        self._impaired = Impaired(condition, seed)
        self._room = room
        self._wishes = list(scenario.wishes)
        self._noises = [*disturbances[seed % 5 :], *disturbances[: seed % 5]] if scenario.disturbs else []
        self._times_asked: Counter[str] = Counter()
        self._said_by_bot: list[str] = []
        """Since the caller last spoke."""
        self._talk: list[str] = []
        self._watch = Stopwatch(self.tally, self._talk)
        self._watch.echoes = scenario.echoes
        self._echo: list[bytes] = []
        self._last: Saying | None = None
        self._noise_at = 0.0
        self._is_over = False

    async def call(self, limit_s: float = 240.0) -> Tally:
        """Never raises: a call that breaks is counted as lost."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(limit_s), self._line:
                await self._hold()
        except (TimeoutError, OSError, LineLost) as error:
            self._end(f"lost: {error if isinstance(error, LineLost) else type(error).__name__}")
        self._note_understood()
        self.tally.seconds = time.perf_counter() - began
        self.tally.transcripts.append([self._scenario.name, *self._talk])
        return self.tally

    async def _hold(self) -> None:
        listening = asyncio.create_task(self._listen())
        try:
            await self._speak()
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

    async def _listen(self) -> None:
        async for event in self._line.heard():
            self._take(event, time.perf_counter())

    def _take(self, event: FromBot, now: float) -> None:
        match event:
            case Sound():
                self._watch.hear(event, now)
                if self._scenario.echoes:
                    self._hear_echo(event)
            case Stopped(at_once):
                self._watch.note_stop(now, at_once)
            case Caption(speaker, text):
                self._note_caption(speaker, text)
            case Ended(how):
                self._end(how)

    def _hear_echo(self, sound: Sound) -> None:
        samples = resample(to_samples(sound.pcm), sound.sample_rate, SAMPLE_RATE)
        pcm = to_pcm(10 ** (ECHO_DB / 20) * samples)
        self._echo += [pcm[at : at + CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0") for at in range(0, len(pcm), CHUNK_BYTES)]

    def _note_caption(self, speaker: str, text: str) -> None:
        self._talk.append(f"{speaker}: {text}")
        if speaker != "bot":
            if self._last:
                self._last.heard_as.append(text)
            return
        self._said_by_bot.append(text)
        self.tally.disturbances += self._scenario.echoes
        self.tally.booked += "you're booked" in text.lower()
        if "gone wrong" in text.lower():
            self.tally.broke_down += 1
        else:
            self.tally.asked_again += "sorry" in text.lower()

    def _note_understood(self) -> None:
        """What was said last, and as what it was heard."""
        if self._last:
            self.tally.heard.append((self._last.clip.text, " ".join(self._last.heard_as)))
        self._last = None

    # Speaking ----------------------------------------------------------------------------

    async def _speak(self) -> None:
        """20 ms every 20 ms, by deadline."""
        start, number = time.perf_counter(), 0
        while not self._is_over:
            deadline = start + number * CHUNK_S
            if (wait_s := deadline - time.perf_counter()) > 0:
                await asyncio.sleep(wait_s)
            self.tally.lateness.append(1000 * max(0.0, time.perf_counter() - deadline))
            if self._watch.saying is None and not self._choose(deadline):
                await self._line.hang_up()
                return
            for chunk in self._impaired.put(self._next_chunk(number)):
                await self._line.send(chunk)
            number += 1

    def _next_chunk(self, number: int) -> bytes:
        """The room, the caller's next 20 ms, and the bot's echo."""
        at = number * CHUNK_BYTES % len(self._room)
        sound = np.frombuffer(self._room[at : at + CHUNK_BYTES].ljust(CHUNK_BYTES, b"\0"), "<i2").astype(np.int32)
        if len(self._echo) > ECHO_CHUNKS:
            sound = sound + np.frombuffer(self._echo.pop(0), "<i2")
        if saying := self._watch.saying:
            sound = sound + np.frombuffer(saying.next_chunk(), "<i2")
            if saying.is_said:
                self._finish(saying)
        return sound.clip(-32768, 32767).astype("<i2").tobytes()

    def _finish(self, saying: Saying) -> None:
        self._watch.saying = None
        if saying.kind is None:
            return
        if saying.bot_went_on:
            self.tally.barge_ins_missed += 1
        elif not saying.was_cut and not saying.was_answered:
            self._watch.awaited = saying

    def _choose(self, now: float) -> bool:
        """Cut in, make a noise, answer, or wait; False to hang up. `now` is when the next chunk is due."""
        watch = self._watch
        if now < watch.bot_until:
            if now - watch.bot_began > INTERRUPTS_AFTER_S:
                self._disturb(now)
            return True
        if watch.awaited:
            if now > watch.awaited.last_sample + UNANSWERED_AFTER_S:
                self.tally.unanswered += 1
                self._talk.append(f"(no answer to: {watch.awaited.clip.text})")
                watch.awaited = None
            return True
        if not self._said_by_bot or now < watch.bot_until + REACTION_S:
            return True
        return self._answer(now)

    def _disturb(self, now: float) -> None:
        """While the bot speaks: the next wish of a caller in a hurry, or a noise."""
        if self._scenario.barges_in and self._wishes and len(self._wishes) < len(self._scenario.wishes):
            self._say(self._wishes.pop(0), now, into_bot=True)
        elif self._noises and now - self._noise_at > QUIET_BETWEEN_NOISES_S:
            self._noise_at = now
            self._noises = [*self._noises[1:], self._noises[0]]
            self._watch.noise = self._watch.saying = Saying(self._noises[-1], now - CHUNK_S, into_bot=True)
            self.tally.disturbances += 1

    def _answer(self, now: float) -> bool:
        asked = [text for text in self._said_by_bot if "?" in text]
        question = asked[-1] if asked else ""
        if not question or HELP.search(question.lower()) or self._scenario.ignores_questions:
            if self._talk[-1] == f"me: {GOODBYE}" or (self._scenario.ignores_questions and not self._wishes):
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
        self._note_understood()
        self._last = self._watch.saying = Saying(self._clips[text], now - CHUNK_S, kind, into_bot)
        self._said_by_bot.clear()
        self._talk.append(f"me: {text}")
        self.tally.spoken[kind] += 1
