"""The witness of a call: sees every event and effect, and writes down what happened.

Transcript, stored call, figures and live view are all made from it. It counts the call's own milliseconds of audio, so
it needs no clock; the day and the time of the start are handed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bot.appointments.model import Appointment
from bot.events import (
    Answered,
    Apologize,
    AudioChunk,
    Digits,
    Effect,
    Event,
    Failed,
    FinishedSpeaking,
    FinishUtterance,
    HangUp,
    Listen,
    Replied,
    ResumeSpeaking,
    Say,
    Silence,
    StartedSpeaking,
    StopRecording,
    StopSpeaking,
    Think,
    Transfer,
    Utterance,
)
from bot.tts import apology
from handoff.model import Ticket

DOUBTFUL: Final = 0.5
"""A word heard with less confidence is marked."""

Redact = Callable[[str], str]
Understood = Callable[[], tuple[str, float] | None]


@dataclass(slots=True)
class Turn:
    """A line of the transcript; times in milliseconds of the call."""

    speaker: str
    """caller, bot or agent."""
    text: str
    start_ms: int
    end_ms: int
    confidence: float | None = None
    doubtful: list[str] | None = None
    """Words heard with little confidence; None when there are none."""
    intent: str | None = None
    intent_confidence: float | None = None
    response_ms: int | None = None
    """Of a bot's turn: from the caller's last speech to the first sample of the answer, endpointing included."""


@dataclass(slots=True)
class CallReport:
    """What `frontdesk call --json` and `calls show --json` print."""

    call_id: str
    channel: str
    started_at: dt.datetime
    business: str = ""
    caller: str = ""
    caller_name: str = ""
    """As the line told it; nobody has proven it."""
    outcome: str = "abandoned"
    """completed, escalated, abandoned or failed."""
    turns: list[Turn] = field(default_factory=list)
    appointment: dict[str, object] | None = None
    ticket: dict[str, object] | None = None
    recording: str = ""
    """on, or refused by the caller; "" where calls are not recorded."""
    survey: dict[str, object] | None = None
    """rating (1 to 5), resolved, comment: those that were answered; None when nobody was asked."""


class Witness:
    """`observe` is what `run_call` calls with everything; `report` is complete when the call is over.

    `redact` keeps card numbers out of the transcript; `understood` tells the intent of the last answer, if any.
    """

    def __init__(self, report: CallReport, redact: Redact, understood: Understood = lambda: None) -> None:
        self.report = report
        self.clock_ms = 0
        self._redact = redact
        self._understood = understood
        self._is_secret = False
        self._resumes = False
        self._speech_ms: tuple[int, int] | None = None
        self._answer_to_ms: int | None = None

    def observe(self, item: Event | Effect) -> None:
        match item:
            case AudioChunk():
                self.clock_ms += item.ms
            case Answered(caller, name=name):
                self.report.caller, self.report.caller_name = caller, name
            case FinishUtterance(_, start_ms, end_ms):
                self._speech_ms = (self._speech_ms or (start_ms, end_ms))[0], end_ms
            case Think(_, heard):
                self._hear(heard)
            case Replied():
                self._note_intent()
            case Listen(expect):
                self._is_secret = expect.secret
            case StartedSpeaking(say):
                self._start_saying(say)
            case FinishedSpeaking():
                self._stop_saying()
            case StopSpeaking():
                self._resumes = False
                self._stop_saying()
            case ResumeSpeaking():
                self._resumes = True
            case StopRecording():
                self.report.recording = "refused"
            case Apologize():
                self._add(Turn("bot", apology.TEXT, self.clock_ms, self.clock_ms))
            case Transfer():
                self.report.outcome = "escalated"
            case HangUp():
                self.report.outcome = "completed"
            case Failed(part) if part != "channel":
                self.report.outcome = "failed"

    def _hear(self, heard: Utterance | Digits | Silence) -> None:
        (start_ms, end_ms), self._speech_ms = self._speech_ms or (self.clock_ms, self.clock_ms), None
        match heard:
            case Utterance():
                self._answer_to_ms = end_ms
                confidence = round(heard.confidence, 3)
                turn = Turn("caller", self._kept(heard.text), start_ms, end_ms, confidence=confidence)
                turn.doubtful = _doubtful(heard, turn.text)
                self._add(turn)
            case Digits(digits):
                self._add(Turn("caller", f"[keys {self._kept(digits)}]", self.clock_ms, self.clock_ms))

    def _kept(self, text: str) -> str:
        return "[not recorded]" if self._is_secret else self._redact(text)

    def _note_intent(self) -> None:
        turn = self.report.turns[-1] if self.report.turns else None
        if turn and turn.speaker == "caller" and (understood := self._understood()):
            turn.intent, turn.intent_confidence = understood

    def _start_saying(self, say: Say) -> None:
        if self._resumes:
            self._resumes = False
            return
        turn = Turn("bot", self._redact(say.text), self.clock_ms, self.clock_ms)
        if self._answer_to_ms is not None:
            turn.response_ms = max(0, self.clock_ms - self._answer_to_ms)
            self._answer_to_ms = None
        self._add(turn)

    def _stop_saying(self) -> None:
        if self.report.turns and self.report.turns[-1].speaker == "bot":
            self.report.turns[-1].end_ms = self.clock_ms

    def _add(self, turn: Turn) -> None:
        self.report.turns.append(turn)


def as_json(report: CallReport) -> dict[str, object]:
    """The shape that scripts rely on: what is None is left out of turns, never of the call."""
    call = asdict(report)
    if report.survey is None:
        del call["survey"]
    for absent in ("recording", "caller_name"):
        if not call[absent]:
            del call[absent]
    call["started_at"] = report.started_at.isoformat()
    call["turns"] = [{key: value for key, value in turn.items() if value is not None} for turn in call["turns"]]
    return call


def later_turns(report: CallReport, started_at: dt.datetime) -> list[dict[str, object]]:
    """Of a part of the call that began later: its turns in milliseconds of the whole call, which began then."""
    after_ms = max(0, round((report.started_at - started_at).total_seconds() * 1000))
    turns = [asdict(turn) for turn in report.turns]
    moved = [turn | {"start_ms": turn["start_ms"] + after_ms, "end_ms": turn["end_ms"] + after_ms} for turn in turns]
    return [{key: value for key, value in turn.items() if value is not None} for turn in moved]


def talk_turns(said: Sequence[Mapping[str, Any]], started_at: dt.datetime) -> list[dict[str, object]]:
    """What caller and person said after the bot was done, as turns of the call that began then.

    `said` has `speaker`, `text`, `at` (ISO 8601, when the line was complete) and `confidence`.
    """
    made = []
    for line in said:
        at_ms = max(0, round((dt.datetime.fromisoformat(line["at"]) - started_at).total_seconds() * 1000))
        turn = {"speaker": line["speaker"], "text": line["text"], "start_ms": at_ms, "end_ms": at_ms}
        more = {"confidence": line["confidence"], "doubtful": line.get("doubtful")}
        made.append(turn | {key: value for key, value in more.items() if value not in (None, [], ())})
    return made


def _doubtful(heard: Utterance, kept: str) -> list[str] | None:
    """Nothing of what was not kept."""
    words = heard.hypotheses[0].words if heard.hypotheses else ()
    return [word.text for word in words if word.confidence < DOUBTFUL and word.text in kept.split()] or None


def appointment_facts(appointment: Appointment) -> dict[str, object]:
    slot = appointment.slot
    return {
        "id": appointment.id,
        "reference": appointment.reference,
        "status": str(appointment.status),
        "service": slot.service_id,
        "staff": slot.staff_id,
        "branch": slot.branch_id,
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
    }


def ticket_facts(ticket: Ticket) -> dict[str, object]:
    packet = ticket.packet
    return {
        "id": ticket.id,
        "queue": packet.queue,
        "priority": packet.priority.name.lower(),
        "reasons": list(packet.reasons),
        "summary": packet.summary,
        "slots": dict(packet.slots),
    }
