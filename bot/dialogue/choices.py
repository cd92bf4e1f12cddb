"""Questions about what is still open in a wish, each with what there is to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.appointments.model import Slot, Wish
from bot.dialogue import offers as offering
from bot.dialogue import spoken
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Talk

MORE = "more"
"""The option that reads out the other services."""

PAGE = 6
"""Services in one keypad menu; nobody listens to fourteen."""


def ask_service(talk: Talk, page: int) -> Question:
    names = [service.name for service in talk.business.services.values()]
    examples = spoken.either([*names[:3], "something else"])
    question = talk.ask("service", "choice", options=service_options(talk, page), words={"examples": examples})
    return replace(question, text=question.keypad, again=question.keypad) if page else question


def service_options(talk: Talk, page: int) -> list[Option]:
    """A page of them; the last key turns the page when there are more."""
    options = [Option(service.id, service.name) for service in talk.business.services.values()]
    if len(options) <= PAGE + 1:
        return options
    first = page * PAGE % (-(-len(options) // PAGE) * PAGE)
    return [*options[first : first + PAGE], Option(MORE, "something else")]


def ask_branch(talk: Talk, service_id: str | None, so_far: dict[str, str]) -> Question:
    options = [Option(branch, talk.business.branches[branch].name) for branch in branches_for(talk, service_id)]
    names = spoken.either([f"the {option.label}" for option in options])
    places = [place for branch in talk.business.branches.values() for place in branch.places]
    return talk.ask(
        "branch",
        "choice",
        options=[*options, Option("any", "any of them")],
        phrases=places,
        words={**so_far, "branches": names},
    )


def branches_for(talk: Talk, service_id: str | None) -> list[str]:
    """Where somebody does it."""
    doing = [member for member in talk.business.staff.values() if service_id is None or service_id in member.services]
    return [branch for branch in talk.business.branches if any(branch in member.hours for member in doing)]


def ask_staff(talk: Talk, service_id: str | None, branch_id: str | None) -> Question:
    options = staff_options(talk, service_id, branch_id)
    people = spoken.either([option.label for option in options[:-1]])
    phrases = [said for option in options[:-1] for said in talk.business.staff[option.value].spoken]
    return talk.ask("staff", "choice", options=options, phrases=phrases, words={"people": people})


def staff_options(talk: Talk, service_id: str | None, branch_id: str | None) -> list[Option]:
    able = [
        Option(member.id, member.name)
        for member in talk.business.staff.values()
        if (service_id is None or service_id in member.services) and (branch_id is None or branch_id in member.hours)
    ]
    return [*able[:7], Option("any", "anyone")]


def ask_offer(talk: Talk, offers: Sequence[Slot], wish: Wish) -> Question:
    """ "I have nine, ten or eleven on Tuesday. Which suits you best?"; a single one is a yes or no."""
    listed = {"offer": offering.describe(offers, talk.business, talk.today, wish)}
    if len(offers) == 1:
        return replace(talk.ask("one_offer", "yes_no", words=listed), slot="offer")
    options = [Option(str(index), offering.option_label(slot, talk.today)) for index, slot in enumerate(offers)]
    times = [spoken.time(slot.start.time()).replace("-", " ") for slot in offers]
    phrases = [form for time in times for form in (time, f"{time} please", f"the {time}")]
    phrases += [spoken.WEEKDAYS[slot.start.weekday()] for slot in offers]
    return talk.ask("offer", "choice", options=options, phrases=phrases, words=listed)


def ask_first_offer(talk: Talk, slot: Slot) -> Question:
    """After a "yes" to several: "the first one, at nine?"."""
    words = {"time": spoken.time(slot.start.time()), "day": spoken.on(slot.start.date(), talk.today)}
    return talk.ask("first_offer", "yes_no", words=words)


def service_name(talk: Talk, service_id: str | None) -> str:
    service = talk.business.services.get(service_id or "")
    return service.name if service else "appointment"
