"""Conversations played one after the other, each with an empty diary: for `frontdesk test` and before publishing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.content import Content, business_folders, load_content
from bot.errors import FrontdeskError
from bot.nlu.understanding import Interpreter
from bot.rehearsal.conversation import Conversation, conversations_of
from bot.rehearsal.player import Player
from bot.store.store import open_store


@dataclass(frozen=True, slots=True)
class Result:
    """`why` is "" when the conversation went as it should."""

    conversation: Conversation
    why: str = ""
    wanted: str = ""
    """The line that failed, as it is in the file."""
    story: tuple[str, ...] = ()
    """All that was said and done until then."""

    @property
    def passed(self) -> bool:
        return not self.why

    def differences(self) -> str:
        """The talk until the line that failed; "-" is what was wanted, "+" what happened instead."""
        if self.passed:
            return ""
        told = [f"    {line}" for line in self.story]
        return "\n".join([*told, f"  - {self.wanted}", f"  + {self.why}"])


def run_conversations(
    content: Content, interpreter: Interpreter, conversations: Iterable[Conversation]
) -> Sequence[Result]:
    """One that crashes counts as failed, and the others are still played."""
    return [_played(content, interpreter, conversation) for conversation in conversations]


def _played(content: Content, interpreter: Interpreter, conversation: Conversation) -> Result:
    store = open_store("sqlite://")
    player = Player(content, interpreter, store, conversation)
    try:
        failed = player.play()
    except FrontdeskError as error:
        return Result(conversation, error.message, "the conversation to be played", tuple(player.story))
    except Exception as error:  # content of any kind may break a part; the other conversations tell more
        why = f"it broke off ({type(error).__name__})"
        return Result(conversation, why, "the conversation to be played", tuple(player.story))
    finally:
        store.close()
    if failed is None:
        return Result(conversation, story=tuple(player.story))
    line, why = failed
    return Result(conversation, why, f"{line.what}: {line.text}", tuple(player.story))


def failures_in(root: Path, understand: Callable[[Content], Interpreter]) -> list[str]:
    """Of every business of a content folder, a sentence for each conversation that went wrong: the gate of publishing.

    Raises ContentError where content or conversations cannot be read.
    """
    sentences = []
    for folder in business_folders(root):
        if not (conversations := conversations_of(folder)):
            continue
        content = load_content(folder)
        for result in run_conversations(content, understand(content), conversations):
            if not result.passed:
                told = f"{folder.name}: {result.conversation.file}, line {result.conversation.line}"
                sentences.append(f"{told} “{result.conversation.title}”: “{result.wanted}” failed; {result.why}")
    return sentences
