"""One call, from answer to hang-up. This file is the spine of the program.

`Call` decides and does no I/O: events in, effects out, nothing awaited, no clock read. `run_call` (run.py) carries the
effects out and feeds what comes of them back in.

    channel ──▶ inbox ──▶ Call.handle ──▶ effects ──▶ ears · brain · mouth ──┐
                  ▲                                                          │
                  └──────────────────────────────────────────────────────────┘

Three rules keep it honest about who is speaking now. Words are never dropped: what was said in a turn that the caller
resumed joins the next. A reply may go stale: one that comes while the caller speaks on is parked, and dropped when
there were words, except for what *did* something ("you are booked for Tuesday"), which is always heard. A reply may be
withdrawn: a caller who goes on when it was hardly begun was not done, and the whole sentence is answered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from bot.events import (
    FREE,
    Action,
    Apologize,
    AudioChunk,
    CallerHungUp,
    DigitPressed,
    Digits,
    Effect,
    Event,
    Excuse,
    Expect,
    Failed,
    FinishedSpeaking,
    FinishUtterance,
    Glimpse,
    Glimpsed,
    HandOver,
    HangUp,
    Heard,
    Hypothesis,
    Listen,
    Recognize,
    Replied,
    ResumeSpeaking,
    Say,
    Silence,
    StartedSpeaking,
    StopRecording,
    StopSpeaking,
    TakenOver,
    Think,
    Transcript,
    Transfer,
    Utterance,
)
from bot.keys import Keys
from bot.turns import Anybody, Judge, TurnEvent, TurnLimits, TurnTaker, is_backchannel

IsSpeech = Callable[[AudioChunk], bool]
Patience = Callable[[str, Expect], int]
"""Words so far, the open question → milliseconds of silence after which they are the whole answer; 0: at once."""

MUMBLE_MS = 600
"""Speech of this length without a word in it deserves "sorry?"; less was a cough."""
HARDLY_BEGUN_MS = 400
"""Of a reply that a caller goes on speaking into: so little that it was the bot who was too quick. During it, less
speech than usual makes the bot give way."""
WHOLE = ("yes_no", "choice")
"""Kinds of answers that nothing needs to be added to: what follows is said on its own."""
REWIND_MS = 300
"""A resumed sentence starts a little before the place where it was cut."""


class Call:
    """The state of one call. `is_speech` and `patience` are quick and pure as seen from here."""

    def __init__(
        self,
        is_speech: IsSpeech,
        patience: Patience,
        limits: TurnLimits | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.is_over = False
        self.turn = 0
        self.clock_ms = 0
        """Milliseconds of audio heard since the call was answered: the only time there is."""
        self.expect = FREE
        self.saying: Say | None = None
        self._is_speech = is_speech
        self._patience = patience
        self._turns = TurnTaker(limits)
        self._judge = judge or Anybody()
        self._recent: deque[AudioChunk] = deque()
        self._recent_ms = 0
        self._agenda: deque[Action] = deque()
        self._cut: tuple[Say, int] | None = None
        self._started_ms = 0
        self._skipped_ms = 0
        self._turn_began_ms = 0
        self._spoken_ms = 0
        self._patience_ms: int | None = None
        """Of the running pause, once the ears told what was said before it; None: that of the question."""
        self._unanswered: list[Transcript] = []
        self._is_first = False
        """What is being said is the first sentence of a reply."""
        self._answered: list[Transcript] = []
        """What the last reply answers."""
        self._withdrawn: list[Transcript] = []
        """What a reply answered that the caller spoke into before it was heard: the first half of a sentence."""
        self._unheard: set[int] = set()
        self._awaited: int | None = 0  # the greeting
        self._parked: tuple[Action, ...] = ()
        self._keys = Keys()
        self._was_excused = False

    def handle(self, event: Event) -> list[Effect]:
        """What to do about it, in order."""
        match event:
            case AudioChunk():
                return self._hear(event)
            case DigitPressed(digit):
                return self._press(digit)
            case Glimpsed(turn, hypotheses):
                return self._consider(turn, hypotheses)
            case Transcript():
                return self._understand(event)
            case Replied():
                return self._reply(event)
            case StartedSpeaking(say) if say == self.saying:
                self._started_ms = self.clock_ms
                return []
            case FinishedSpeaking(say) if say == self.saying:
                self.saying, self._is_first = None, False
                self._turns.silence_ms = 0
                return self._go_on()
            case CallerHungUp() | Failed("channel"):
                self.is_over = True
                return [StopSpeaking()]
            case Failed(part, code):
                return self._fail(part, code)
            case TakenOver(reason):
                return self._hand_over(reason)
            case _:
                return []

    # Hearing -----------------------------------------------------------------------

    def _hear(self, chunk: AudioChunk) -> list[Effect]:
        self.clock_ms += chunk.ms
        self._remember(chunk)
        was_speaking = self._turns.caller_is_speaking
        is_speech = self._is_speech(chunk)
        if is_speech and was_speaking and not self.saying:
            self._judge.spoke(chunk.pcm)
        change = self._turns.hear(
            chunk.ms,
            is_speech,
            bot_is_speaking=self.saying is not None and not self._is_hardly_begun(),
            patience_ms=self.expect.patience_ms if self._patience_ms is None else self._patience_ms,
        )
        if not self._turns.silence_ms:
            self._patience_ms = None
        match change:
            case TurnEvent.STARTED | TurnEvent.BARGED_IN:
                return self._begin_turn() if self._is_by_caller() else []
            case TurnEvent.PAUSED:
                return [Recognize(chunk), Glimpse(self.turn)]
            case TurnEvent.ENDED:
                return [Recognize(chunk), *self._end_turn()]
            case TurnEvent.SILENT if self._is_idle():
                return self._think(Silence())
        if was_speaking:
            return [Recognize(chunk)]
        return self._answer(self._keys.pause(self.clock_ms))

    def _is_by_caller(self) -> bool:
        """While the bot speaks its echo and the room are heard as well."""
        if self.saying and not self._judge.by_caller(b"".join(chunk.pcm for chunk in self._recent)):
            self._turns.doubt()
            return False
        return True

    def _remember(self, chunk: AudioChunk) -> None:
        """Keep what the recogniser needs of the time before speech was certain."""
        self._recent.append(chunk)
        limits = self._turns.limits
        keep_ms = limits.pre_roll_ms + (limits.barge_in_ms if self.saying else limits.start_ms)
        self._recent_ms += chunk.ms
        while self._recent_ms > keep_ms:
            self._recent_ms -= self._recent.popleft().ms

    def _begin_turn(self) -> list[Effect]:
        self.turn += 1
        self._turn_began_ms = self.clock_ms - self._turns.spoken_ms
        self._patience_ms = None
        if self._is_unheard_reply():
            self._withdrawn = [*self._withdrawn, *self._answered]
        self._answered = []
        first, *rest = self._recent
        return [*self._interrupt(), Recognize(first, starts=self.expect), *map(Recognize, rest)]

    def _is_hardly_begun(self) -> bool:
        """The answer to what the caller said started so lately that who speaks now has not heard it."""
        lately = self.clock_ms - self._started_ms < HARDLY_BEGUN_MS and not self._skipped_ms
        return self.saying is not None and self._is_first and lately and bool(self._answered)

    def _is_unheard_reply(self) -> bool:
        """The caller goes on, and what answers the words before is not there yet or hardly begun. Not where the reply
        did something: that stays done, and the words to come are about it.
        """
        if self._awaited is not None:
            return True
        under_way = [*self._parked, *self._agenda, *([self.saying] if self.saying else [])]
        return (bool(self._parked) or self._is_hardly_begun()) and not any(map(_is_final, under_way))

    def _consider(self, turn: int, hypotheses: tuple[Hypothesis, ...]) -> list[Effect]:
        """A pause: an answer that sounds complete ends the turn at once, another may go on."""
        if turn != self.turn or not self._turns.is_pausing or not hypotheses:
            return []
        self._patience_ms = self._patience(hypotheses[0].text, self.expect)
        return self._end_turn() if self._turns.silence_ms >= self._patience_ms else []

    def _end_turn(self) -> list[Effect]:
        end_ms = self.clock_ms - self._turns.silence_ms
        self._spoken_ms = self._turns.spoken_ms
        self._turns.reset()
        self._unheard.add(self.turn)
        return [FinishUtterance(self.turn, self._turn_began_ms, end_ms)]

    def _understand(self, transcript: Transcript) -> list[Effect]:
        if transcript.turn not in self._unheard:
            return []  # a key has answered for these words
        self._unheard.discard(transcript.turn)
        if transcript.text:
            self._unanswered.append(transcript)
        if transcript.turn != self.turn:
            return []  # the caller speaks on; the words join those to come
        if not self._unanswered:
            return self._hear_nothing()
        said = _joined(self._unanswered)
        if self._cut and is_backchannel(said[0].text, asks_yes_no=self.expect.kind == "yes_no"):
            self._unanswered.clear()
            return self._resume()
        whole = [*self._withdrawn, *self._unanswered]
        hypotheses, self._unanswered, self._withdrawn = _joined(whole), [], []
        self._answered = [] if self.expect.kind in WHOLE else whole
        return self._think(Utterance(hypotheses, self._cut[1] if self._cut else None))

    def _hear_nothing(self) -> list[Effect]:
        """A cough, a door, the bot's own echo: go on as if it had not been."""
        self._answered, self._withdrawn = self._withdrawn, []
        if self._parked:
            parked, self._parked, self._is_first = self._parked, (), True
            return self._act(parked)
        if self._cut:
            return self._resume()
        if self._is_idle() and self._spoken_ms >= MUMBLE_MS:
            return self._think(Utterance(()))
        return []

    # Keypad ------------------------------------------------------------------------

    def _press(self, digit: str) -> list[Effect]:
        is_habit = self._keys.is_habit(digit)
        answer = self._keys.press(digit, self.clock_ms, self.expect.digits)
        if is_habit:
            return []
        effects = self._interrupt() + self._answer(answer)
        if self._cut and not self._keys.is_pressed:
            return effects + self._resume()  # a number begun and cleared
        return effects

    def _answer(self, digits: str) -> list[Effect]:
        """Keys answer for the words that were said with them."""
        if not digits:
            return []
        self._turns.reset()
        self._unheard.clear()
        self._unanswered.clear()
        self._answered, self._withdrawn = [], []
        return self._think(Digits(digits))

    # Thinking ------------------------------------------------------------------------

    def _think(self, heard: Heard) -> list[Effect]:
        """Ask the dialogue. What it was about to say is out of date, but for what must be heard."""
        if not isinstance(heard, Utterance):
            self.turn += 1
            self._answered = []
        overdue = [*_must_be_heard(self._agenda), *_must_be_heard(self._parked)]
        self._agenda.clear()
        self._cut, self._parked, self._awaited = None, (), self.turn
        return [*self._act(overdue), Think(self.turn, heard)]

    def _reply(self, reply: Replied) -> list[Effect]:
        if any(map(_is_final, reply.actions)):
            self._answered, self._withdrawn = [], []
        if reply.turn != self._awaited:
            return self._act(_must_be_heard(reply.actions))
        self._awaited = None
        if self._was_excused and not (reply.actions or self.saying or self._agenda):
            return self._leave_to_people("dialogue.silent")  # it gave up before it found its words
        if self._turns.caller_is_speaking or self._unheard:
            self._parked = reply.actions
            return []
        self._is_first = True
        return self._act(reply.actions)

    def _is_idle(self) -> bool:
        """Nobody speaks, nothing is under way: it is the caller's turn."""
        return (
            not (self.saying or self._agenda or self._cut or self._keys.is_pressed or self._unheard)
            and self._awaited is None
        )

    # Speaking --------------------------------------------------------------------------

    def _act(self, actions: tuple[Action, ...] | list[Action]) -> list[Effect]:
        effects: list[Effect] = []
        for action in actions:
            if isinstance(action, Listen):
                self.expect = action.expect
                effects.append(action)
            elif isinstance(action, StopRecording):
                effects.append(action)
            else:
                self._agenda.append(action)
        return effects + ([] if self.saying or self._cut else self._go_on())

    def _go_on(self) -> list[Effect]:
        """The next sentence, or the end."""
        if not self._agenda:
            return []
        action = self._agenda.popleft()
        if isinstance(action, Say):
            self._say(action)
        else:
            self.is_over = True
        return [action]

    def _say(self, say: Say, skipped_ms: int = 0) -> None:
        self.saying = say
        self._skipped_ms = skipped_ms
        self._started_ms = self.clock_ms
        if not self._turns.caller_is_speaking:
            self._turns.reset()

    def _interrupt(self) -> list[Effect]:
        if self.saying is None or not self.saying.interruptible:
            return []
        self._cut = self.saying, self._skipped_ms + self.clock_ms - self._started_ms
        self.saying = None
        return [StopSpeaking()]

    def _resume(self) -> list[Effect]:
        assert self._cut
        (say, heard_ms), self._cut = self._cut, None
        self._say(say, skipped_ms=max(0, heard_ms - REWIND_MS))
        return [ResumeSpeaking(say, self._skipped_ms)]

    def _hand_over(self, reason: str) -> list[Effect]:
        """Whatever was under way ends, unless the call is about to end by itself; what was done is still told."""
        if any(isinstance(action, Transfer | HangUp) for action in (*self._agenda, *self._parked)):
            return []
        decided = self._unpark()
        self.turn += 1
        self._cut, self._awaited = None, self.turn
        self._agenda = deque(action for action in self._agenda if isinstance(action, Say) and not action.interruptible)
        self._unheard.clear()
        self._turns.reset()
        if self.saying and not self.saying.interruptible:
            return [*decided, HandOver(self.turn, reason)]
        self.saying = None
        return [StopSpeaking(), *decided, HandOver(self.turn, reason), *self._go_on()]

    # Faults ------------------------------------------------------------------------------

    def _fail(self, part: str, code: str) -> list[Effect]:
        """A person takes over; the recorded apology stands in where there is no voice or no dialogue."""
        decided = self._unpark()
        self.saying, self._cut, self._awaited = None, None, None
        self._unheard.clear()
        excuse = [*decided, *([Apologize()] if part == "mouth" or self._was_excused else [])]
        if part == "mouth":
            self._agenda = deque(action for action in self._agenda if not isinstance(action, Say))
        if any(isinstance(action, Transfer) for action in self._agenda):
            return [*excuse, *self._go_on()]
        if self._was_excused:
            return [*decided, *self._leave_to_people(code)]
        self._was_excused = True
        self._awaited = self.turn
        return [*excuse, Excuse(self.turn, code)]

    def _unpark(self) -> list[Effect]:
        """Of a reply that waited for the caller to be done: what it decided holds, what it did is still to be said.
        Farewells are not: the dialogue says its own again.
        """
        parked, self._parked = self._parked, ()
        if not any(isinstance(action, Transfer | HangUp) for action in parked):
            self._agenda.extend(action for action in parked if isinstance(action, Say) and not action.interruptible)
        return [action for action in parked if isinstance(action, StopRecording)]

    def _leave_to_people(self, code: str) -> list[Effect]:
        """When the dialogue cannot: the recorded apology and the queue; `last_resort` writes the ticket."""
        self.is_over = True
        return [Apologize(), Transfer("reception", code)]


def _is_final(action: Action) -> bool:
    """It did something, or is the bot's last: words to come do not change it."""
    return isinstance(action, Transfer | HangUp) or (isinstance(action, Say) and not action.interruptible)


def _must_be_heard(actions: deque[Action] | tuple[Action, ...]) -> list[Action]:
    """What is left of a reply that came too late: news of something done, the question now open, and farewells."""
    return [action for action in actions if not (isinstance(action, Say) and action.interruptible)]


def _joined(transcripts: list[Transcript]) -> tuple[Hypothesis, ...]:
    """The words of several turns that were one sentence; alternatives only where there was one turn."""
    if len(transcripts) == 1:
        return transcripts[0].hypotheses
    best = [transcript.hypotheses[0] for transcript in transcripts]
    text = " ".join(hypothesis.text for hypothesis in best)
    words = tuple(word for hypothesis in best for word in hypothesis.words)
    return (Hypothesis(text, min(hypothesis.confidence for hypothesis in best), words),)
