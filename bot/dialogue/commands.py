"""What may be said at any moment: repeat, slower, go back, start over, never mind, goodbye, help, hold on, thanks."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.dialogue.agenda import ROOTS
from bot.dialogue.floor import Floor
from bot.dialogue.memory import Memory
from bot.dialogue.skill import Talk
from bot.dialogue.skills.booking import BookingForm
from bot.dialogue.spoken import either
from bot.dialogue.turn import Turn
from bot.events import Say

STILL_THERE = "(you|anyone|anybody|somebody|someone) (still )?(there|here)|can you hear me"
OF_SPEECH = re.compile(r"\b(slow(er|ly)?( down)?|speak\w*|talk\w*|rush\w*|too (fast|quick)\w*|hurry)\b")
"""Without one of these, nobody asks us to speak more slowly: "it's much faster here" …"""
OF_A_LINE = "why|is it so|internet|wi-?fi|wi fi|connection|broadband"
"""… nor does who says so of something else: "why is it so slow?"."""

SLOWEST = 0.7
SLOWER_BY = 0.15

EMERGENCY = re.compile(
    r"\b(can(no|')t breathe|not breathing|unconscious|collapsed|heart attack|having a stroke|chest pain|anaphyla\w+|"
    r"(won't|will not|doesn't|can't) stop bleeding|bleeding (heavily|a lot|badly)|dying|call an ambulance|"
    r"choking|poisoned|"
    r"life.threatening|swallowed (poison|bleach)|hit by a car)\b"
)
PERSON = re.compile(
    r"\b(operator|(speak|talk|spoke) (to|with) (a |an |some|the )?(real |actual |living )?(human|person|someone|"
    r"somebody|one|body|agent|"
    r"receptionist|manager|staff|advisor|adviser)|real person|human being|a human|a person( please)?$|put me through|"
    r"customer service|representative)\b"
)
ROBOT = re.compile(
    r"\b(are you (a |an )?(real|human|robot|machine|computer|bot|recording|person|automated)\b|"
    r"(talking|speaking) to (a |an )?(robot|machine|computer|bot|recording|computer))"
)
"""Who asks so wants to know, and not yet to be put through."""
NO_RECORDING = re.compile(
    r"\b(don't|do not|not|no|never|stop|without|didn't|object to|against|turn off|switch off)\b( \w+'?\w*){0,5} "
    r"(recording|recorded|record (this|that|it|me|us|my|the|our|anything))\b|"
    r"\b(turn|switch) (the |that |this |your )?recording off\b"
)
WHO_IS_THERE = re.compile(r"^((hello|hi|good (morning|afternoon|evening)) )?is (that|this) (the )?\w+( \w+)?$")
NEVER_MIND = re.compile(
    r"^(cancel( that| it| this)?|forget (it|that|about it)|never ?mind|leave it|drop it|scrap that)( please)?$"
)


def repeat(turn: Turn, talk: Talk, floor: Floor) -> None:
    """All of what was said last, whether or not it was cut off."""
    floor.memory.repeats += 1
    talk.says.extend(Say(say.text) for say in floor.memory.last_said)
    floor.prompt = ""


def slower(turn: Turn, talk: Talk, floor: Floor) -> None:
    floor.memory.speed = max(SLOWEST, round(floor.memory.speed - SLOWER_BY, 2))
    talk.mention("slower")
    talk.says.extend(Say(say.text) for say in floor.memory.last_said)
    floor.prompt = ""


def go_back(turn: Turn, talk: Talk, floor: Floor) -> None:
    """The slot filled last is asked again; before the first one, the task is left."""
    stack = floor.agenda.stack
    while stack and not stack[-1].back(talk):
        stack.pop().leave(talk)
    talk.say("going_back" if stack else "at_the_start")
    floor.go_on(talk)


def start_over(turn: Turn, talk: Talk, floor: Floor) -> None:
    booking = floor.agenda.holds("book")
    floor.agenda.drop_all(talk)
    talk.say("starting_over")
    if booking:
        floor.agenda.begin(BookingForm(), None, talk)
        floor.go_on(talk)
    else:
        floor.ask(talk.ask("how_help", "free", options=floor.menu))


def never_mind(turn: Turn, talk: Talk, floor: Floor) -> None:
    floor.agenda.drop(talk)
    talk.say("never_mind")
    if floor.agenda.stack:
        floor.go_on(talk)
    else:
        floor.root(talk, said_something=True)


def goodbye(turn: Turn, talk: Talk, floor: Floor) -> None:
    floor.bye(talk)


def offer_help(turn: Turn, talk: Talk, floor: Floor) -> None:
    """In a form, how to answer; else, what can be done here."""
    if floor.agenda.stack and floor.question:
        talk.say("help_in_form")
        floor.prompt = f"{floor.question.again} {floor.question.keypad}"
        return
    talk.say("help")
    menu = either([f"{number} for {option.label}" for number, option in enumerate(floor.menu, start=1)])
    talk.say("keypad_menu", menu=menu)
    floor.ask(talk.ask("how_help", "free", options=floor.menu))
    floor.prompt = ""


def hold_on(turn: Turn, talk: Talk, floor: Floor) -> None:
    floor.memory.waiting = True
    talk.say("take_your_time")
    floor.prompt = ""


def no_recording(turn: Turn, talk: Talk, floor: Floor) -> None:
    """Whether or not there is more in the sentence. The dialogue tells who records."""
    talk.tell("not_recorded" if talk.memory.recorded else "not_recorded_anyway")
    talk.memory.recorded = False


def thanks(turn: Turn, talk: Talk, floor: Floor) -> None:
    if not floor.agenda.stack:
        floor.bye(talk)
        return
    talk.say("you_are_welcome")
    floor.ask_again()


def greet(turn: Turn, talk: Talk, floor: Floor) -> None:
    talk.say("still_there" if turn.says(STILL_THERE) else "hello")
    if floor.agenda.stack and floor.question:
        floor.ask_again()
    else:
        floor.root(talk)


def who_is_this(turn: Turn, talk: Talk, floor: Floor) -> None:
    talk.say("who_we_are", business=talk.business.name)
    if floor.agenda.stack:
        floor.ask_again()
    else:
        floor.root(talk)


def wrong_person(turn: Turn, talk: Talk, floor: Floor) -> None:
    talk.say("wrong_number", business=talk.business.name)
    floor.finished = True


LEAVING = (
    r"\b(bye|goodbye|cheerio|see you|talk (to you )?(soon|later)|have a (nice|good|lovely)|hang up|"
    r"that's (all|it)|i'm done|cheers)\b"
)
"""Without one of these, nobody is let go in the middle of something."""

Command = Callable[[Turn, Talk, Floor], None]

FIRST: dict[str, Command] = {
    "repeat": repeat,
    "slower": slower,
    "go_back": go_back,
    "start_over": start_over,
    "never_mind": never_mind,
    "goodbye": goodbye,
    "help": offer_help,
    "hold_on": hold_on,
    "what_are_you": who_is_this,
}
"""Tried before the open form."""

LAST: dict[str, Command] = {"thanks": thanks, "greet": greet, "who_is_this": who_is_this, "wrong_person": wrong_person}
"""Tried when the open form had no use for it."""

PLEASE = r"( please| sorry| thanks)?$"
MOMENT = r"(moment|second|minute|sec)"
BARE = {
    "repeat": r"^(sorry |um )?(pardon( me)?|what( was that)?|repeat( that)?|((could|can) you )?say (that|it) again)",
    "slower": r"^((could|can) you )?(speak )?(more slowly|slower|slow down)",
    "go_back": r"^(go back|back|previous|the one before)",
    "start_over": r"^((let's )?start (again|over)|from the (start|beginning)|restart)",
    "goodbye": r"^((okay|ok|no|nope|right|well|thanks|thank you|cheers) )*(bye )*(bye|goodbye|good bye)( now| then)?",
    "hold_on": rf"^((hold on|hang on|wait)( a {MOMENT})?|(one|just a|give me a) {MOMENT})",
    "help": r"^(help( me)?|menu|main menu|options|what can i say|keypad)",
}
SHORT = tuple((re.compile(pattern + PLEASE), intent) for intent, pattern in BARE.items())
"""Bare commands are known by their words, whatever the learnt intents say."""


def bare_command(turn: Turn) -> str:
    """ "" when it is none, or not alone."""
    return next((intent for pattern, intent in SHORT if pattern.match(turn.text.strip())), "")


def command_in(turn: Turn, asked: str, memory: Memory) -> str:
    """The universal command in a turn, "" when there is none."""
    plain = turn.text.strip()
    if ROBOT.search(plain) or (asked in ROOTS and WHO_IS_THERE.search(plain)):
        return "what_are_you"
    if bare := bare_command(turn):
        return bare
    if turn.intent == "help" and asked in ("birth_date", "postcode", "find_me") and plain.startswith("why"):
        return ""
    if turn.intent == "goodbye" and not re.search(LEAVING, plain):
        return ""
    if turn.intent == "slower" and not turn.keypad and (turn.says(OF_A_LINE) or not OF_SPEECH.search(plain)):
        return ""
    sure = turn.confidence >= (0.75 if asked in ("name", "spell", "where", "change", "offer") else 0.5)
    return turn.intent if turn.intent in FIRST and (sure or turn.keypad) else ""
