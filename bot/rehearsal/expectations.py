"""Whether a line of a conversation came true; if not, why, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.counter import TicketDraft
from bot.events import Action, HangUp, Listen, Say, Transfer
from bot.rehearsal.conversation import Line
from bot.skills.conditions import LEFT_OUT
from bot.skills.results import SkillResult


@dataclass(frozen=True)
class Scene:
    """How things stand after a turn."""

    actions: tuple[Action, ...]
    tickets: Sequence[TicketDraft]
    results: Sequence[SkillResult]
    diary: Sequence[str]
    done: Sequence[str]

    @property
    def said(self) -> str:
        return " ".join(action.text for action in self.actions if isinstance(action, Say))


def failure(line: Line, scene: Scene) -> str | None:
    """None when the line holds."""
    return CHECKS[line.what](line, scene)


def _bot(line: Line, scene: Scene) -> str | None:
    return None if line.text.lower() in scene.said.lower() else f"the bot said: {scene.said or 'nothing'}"


def _bot_not(line: Line, scene: Scene) -> str | None:
    return f"the bot did say: {scene.said}" if line.text.lower() in scene.said.lower() else None


def _listens(line: Line, scene: Scene) -> str | None:
    last = scene.actions[-1] if scene.actions else None
    kind = last.expect.kind if isinstance(last, Listen) else "nothing: the call is over"
    return None if kind == line.text else f"it listens for {kind}"


def _transfers(line: Line, scene: Scene) -> str | None:
    queues = [action.queue for action in scene.actions if isinstance(action, Transfer)]
    return None if line.text in queues else f"transferred to: {', '.join(queues) or 'nobody'}"


def _hangs_up(line: Line, scene: Scene) -> str | None:
    return None if any(isinstance(action, HangUp) for action in scene.actions) else "the call goes on"


def _ticket(line: Line, scene: Scene) -> str | None:
    words = [
        " ".join([*each.reasons, each.summary, each.wants, each.identity, each.queue, *each.slots.values()])
        for each in scene.tickets
    ]
    found = any(line.text.lower() in text.lower() for text in words)
    return None if found else f"tickets: {'; '.join(words) or 'none'}"


def _stored(line: Line, scene: Scene) -> str | None:
    wanted = line.stored or {}
    for each in scene.results:
        have = {key: value or LEFT_OUT for key, value in each.values.items()} | _named(each)
        if all(have.get(key) == value for key, value in wanted.items()):
            return None
    return f"stored: {'; '.join(_written(each) for each in scene.results) or 'nothing'}"


def _not_stored(line: Line, scene: Scene) -> str | None:
    found = [_written(each) for each in scene.results if each.skill == line.text]
    return f"stored: {'; '.join(found)}" if found else None


def _named(result: SkillResult) -> dict[str, str]:
    return {"skill": result.skill, "outcome": result.outcome}


def _written(result: SkillResult) -> str:
    return ", ".join(f"{key}: {value}" for key, value in {**_named(result), **result.values}.items())


def _mail(line: Line, scene: Scene) -> str | None:
    mails = [f"to {each.mail.to}, {each.mail.subject}: {each.mail.text}" for each in scene.results if each.mail]
    return None if any(line.text.lower() in mail.lower() for mail in mails) else f"mails: {'; '.join(mails) or 'none'}"


def _event(line: Line, scene: Scene) -> str | None:
    events = [each.event for each in scene.results if each.event]
    return None if line.text in events else f"events: {', '.join(events) or 'none'}"


def _diary(line: Line, scene: Scene) -> str | None:
    wanted = line.text.split()
    if wanted == ["empty"]:
        holds = not scene.diary
    else:
        holds = any(all(word in entry.split() for word in wanted) for entry in scene.diary)
    return None if holds else f"the diary: {'; '.join(scene.diary) or 'empty'}"


def _done(line: Line, scene: Scene) -> str | None:
    return None if list(scene.done) == line.text.split() else f"done: {' '.join(scene.done) or 'nothing'}"


CHECKS: Mapping[str, Callable[[Line, Scene], str | None]] = {
    "bot": _bot, "bot_not": _bot_not, "listens": _listens, "transfers": _transfers, "hangs_up": _hangs_up,
    "ticket": _ticket, "stored": _stored, "not_stored": _not_stored, "mail": _mail, "event": _event,
    "diary": _diary, "done": _done,
}  # fmt: skip
