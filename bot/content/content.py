"""What a business is and how its callers speak, read from its folder in `nlu_data/`.

A folder holds `business.yml` (hours, staff, services), `faq.yml` (questions with answers), and may hold `nlu.yml` and
`responses.yml`, which add to those beside the folder that all businesses share. One folder never sees another's data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from bot.appointments.model import Business
from bot.content.answers import CHANNELS, Faq, read_faq, read_responses, texts_of
from bot.content.business_file import BusinessFile, e164, read_business
from bot.content.lengths import too_long_to_say
from bot.content.phrases import phrases_of_names
from bot.content.skill_file import read_skills, refuse_wrong_skills, skill_files, skill_phrases
from bot.content.yaml_form import mistake, read_yaml
from bot.errors import ContentError
from bot.nlu.training_data import examples_with_lines
from bot.nlu.understanding import Vocabulary
from bot.skills.model import Skill
from handoff.queues import Queue

INTENTS = frozenset(
    {
        *("book", "move", "cancel", "ask_appointment", "waiting_list", "opening_hours", "nearest_branch"),
        *("person", "emergency", "complaint", "greet", "goodbye", "thanks", "affirm", "deny", "dont_know", "inform"),
        *("correct", "repeat", "slower", "go_back", "start_over", "never_mind", "help", "hold_on", "no_recording"),
        *("who_is_this", "call_later", "wrong_person", "confirm_appointment"),
    }
)
"""What the dialogue can act on; beside these there is `faq/…`."""

TAKEN_OVER = frozenset({"complaint", "book", "move", "cancel", "waiting_list", "call_later"})
"""Intents whose built-in answer a skill of that name may replace."""


@dataclass(frozen=True)
class Content:
    business: Business
    vocabulary: Vocabulary
    examples: Mapping[str, tuple[str, ...]]
    """Intent → plain phrases, `faq/…` included."""
    faq: Mapping[str, Faq]
    responses: Mapping[str, tuple[str, ...]]
    """`utter_…` → its wordings; the business's own replace the common ones, and those in the files of skills."""
    skills: Mapping[str, Skill] = field(default_factory=dict)
    """By the intent that starts them."""
    of_channels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Channel → `utter_…` → the wordings that are for it alone."""

    def responses_on(self, channel: str) -> Mapping[str, tuple[str, ...]]:
        """What is said there: its own wordings in place of those for every channel."""
        return {**self.responses, **self.of_channels.get(channel, {})}

    queues: Mapping[str, Queue] = field(default_factory=dict)
    """Where callers wait for people, as set at a first start."""

    def queues_sent_to(self) -> list[str]:
        """By its skills."""
        outcomes = (outcome for skill in self.skills.values() for outcome in skill.outcomes.values())
        return sorted({outcome.ticket.queue for outcome in outcomes if outcome.ticket})


def load_content(folder: Path) -> Content:
    """One business with the common files of the parent folder. Raises ContentError naming file, line and mend."""
    file = read_business(folder / "business.yml")
    shared = folder.parent
    phrases = [shared / "nlu.yml", *_present(folder / "nlu.yml"), folder / "faq.yml"]
    vocabulary = _vocabulary(file)
    skills = read_skills(skill_files(folder))
    refuse_wrong_skills(folder, skills, file.business, INTENTS - TAKEN_OVER)
    examples = _examples(folder, phrases, vocabulary, skills)
    answers = read_responses(folder / "faq.yml", "nlu")
    responses: dict[str, tuple[str, ...]] = {}
    for skill in skills.values():
        responses |= skill.wordings()
    of_channels: dict[str, dict[str, tuple[str, ...]]] = {channel: {} for channel in CHANNELS}
    for path in _present(shared / "responses.yml", folder / "responses.yml"):
        said = read_responses(path)
        responses |= {name: texts for name, (texts, _) in said.items()}
        for channel, own in of_channels.items():
            for name, (_, entry) in said.items():
                own.pop(name, None)  # of the file before, which this one replaces
                if texts := texts_of(entry, channel):
                    own[name] = texts
    return Content(
        business=file.business,
        vocabulary=vocabulary,
        examples=MappingProxyType(examples),
        faq=MappingProxyType(read_faq(folder / "faq.yml", examples, answers, file.business.facts)),
        responses=MappingProxyType(responses),
        skills=MappingProxyType(skills),
        of_channels=MappingProxyType(of_channels),
        queues=file.queues,
    )


def load_all(root: Path) -> Mapping[str, Content]:
    """Every business folder of `root`. Raises ContentError, also when there is none or two claim one number."""
    contents = {folder.name: load_content(folder) for folder in business_folders(root)}
    if not contents:
        raise mistake(root / "business.yml", 1, "there is no business here; add a folder with a business.yml.")
    refuse_shared_numbers(contents, root)
    return MappingProxyType(contents)


def business_folders(root: Path) -> list[Path]:
    return sorted(path.parent for path in root.glob("*/business.yml"))


def refuse_shared_numbers(contents: Mapping[str, Content], root: Path) -> None:
    """Raises ContentError when a number or door leads to two businesses."""
    owner: dict[str, str] = {}
    for key, content in contents.items():
        for number in content.business.numbers:
            if owner.setdefault(number, key) != key:
                what = f"numbers: “{number}” also leads to {owner[number]}; only one business may have it."
                raise mistake(root / key / "business.yml", _number_line(root / key), what)


def _number_line(folder: Path) -> int:
    return read_yaml(folder / "business.yml").fields()["numbers"].line


def business_for(contents: Mapping[str, Content], called: str) -> Content:
    """Whom `called` reaches: a number in any spelling, a door, or a business's id; else the one with "*".

    Raises ContentError (`content.no_business`) when nobody has it.
    """
    for wanted in (called, e164(called), "*"):
        for key, content in contents.items():
            if wanted and (wanted in content.business.numbers or wanted == key):
                return content
    raise ContentError(
        "content.no_business", "No business answers this number; add it to the numbers in a business.yml, or add “*”."
    )


def refuse_unknown_name(contents: Mapping[str, Content], called: str) -> None:
    """Raises ContentError for a name that is no business and no door; any number may be called: “*” takes the rest."""
    doors = {number for content in contents.values() for number in content.business.numbers}
    if any(letter.isdigit() for letter in called) or called in {"", *doors, *contents}:
        return
    raise ContentError(
        "content.no_business", f"No business is called “{called}”; there are {_listed(contents)}, or give a number."
    )


def _present(*paths: Path) -> list[Path]:
    return [path for path in paths if path.exists()]


def _examples(
    folder: Path, paths: Iterable[Path], vocabulary: Vocabulary, skills: Mapping[str, Skill]
) -> dict[str, tuple[str, ...]]:
    """Phrases by intent, those that follow from the names included.

    Raises ContentError for unknown intents, lacking ones, and a phrase under two of them.
    """
    meaning: dict[str, tuple[str, str]] = {}
    last = Path()
    for path in paths:
        last = path
        read_yaml(path)
        for intent, phrase, line in examples_with_lines(path):
            if intent not in INTENTS and intent not in skills and not intent.startswith("faq/"):
                raise mistake(
                    path, line, f"there is no intent “{intent}”; use faq/… or one of {_listed(INTENTS | set(skills))}."
                )
            if wrong := too_long_to_say(phrase):
                raise mistake(path, line, wrong)
            first, where = meaning.setdefault(phrase.lower(), (intent, f"{path.name}, line {line}"))
            if first != intent:
                raise mistake(
                    path, line, f"“{phrase}” is already a phrase of {first} ({where}); remove one of the two."
                )
    for path, line, phrase in skill_phrases(folder):
        if wrong := too_long_to_say(phrase):
            raise mistake(path, line, wrong)
        first, where = meaning.setdefault(phrase.lower(), (path.stem, f"{path.name}, line {line}"))
        if first != path.stem:
            raise mistake(path, line, f"“{phrase}” is already a phrase of {first} ({where}); remove one of the two.")
    if missing := (INTENTS | set(skills)) - {intent for intent, _ in meaning.values()}:
        raise mistake(last.parents[1] / "nlu.yml", 1, f"these intents have no phrases yet: {_listed(missing)}.")
    for intent, phrase in phrases_of_names(vocabulary):
        meaning.setdefault(phrase, (intent, "names"))  # what a person wrote goes first
    found: dict[str, list[str]] = {}
    for phrase, (intent, _) in meaning.items():
        found.setdefault(intent, []).append(phrase)
    return {intent: tuple(said) for intent, said in found.items()}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _vocabulary(file: BusinessFile) -> Vocabulary:
    """The names that callers may say, by kind; a place is its own id."""
    business = file.business
    places = {place: (place,) for branch in business.branches.values() for place in branch.places}
    return Vocabulary(
        {
            "service": {key: service.spoken for key, service in business.services.items()},
            "staff": {key: person.spoken for key, person in business.staff.items()},
            "branch": {key: branch.spoken for key, branch in business.branches.items()},
            "role": dict(file.roles),
            "place": places,
        }
    )
