"""The businesses of one centre, each with its own content, understanding and diary: only the engines are shared."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.appointments.desk import StoredDesk
from bot.appointments.diary import Desk
from bot.config import Settings
from bot.content.content import Content, business_for, refuse_unknown_name
from bot.content.queue_file import default_queues
from bot.content.shelf import Shelf
from bot.errors import FrontdeskError, UnderstandingError
from bot.logs import place_of
from bot.nlu.apart import NICENESS, learn_apart
from bot.nlu.classifier import IntentModel, fingerprint
from bot.nlu.interpreter import EmbeddedInterpreter, Intents
from bot.nlu.rasa import RasaIntents, RasaServer
from bot.nlu.understanding import Interpreter
from bot.store.store import Store
from bot.store.unfinished import Unfinished
from handoff.queues import Queue

log = structlog.get_logger(__name__)

LEARNERS = 2
"""Businesses that learn at once, each in a process of its own."""

MOST_PATIENCE = 256
"""Looks between two tries to learn what could not be learnt."""


@dataclass(frozen=True, slots=True)
class Office:
    content: Content
    interpreter: Interpreter
    desk: Desk


class OfficeUnfinished:
    """What cut-off callers of this business had filled in. Implements `dialogue.counter.Unfinished`."""

    def __init__(self, unfinished: Unfinished, business: str) -> None:
        self._unfinished = unfinished
        self._business = business

    def keep(self, caller: str, slots: Mapping[str, str], now: dt.datetime) -> None:
        self._unfinished.keep(self._business, caller, slots, now)

    def recall(self, caller: str, now: dt.datetime) -> Mapping[str, str] | None:
        return self._unfinished.recall(self._business, caller, now)

    def forget(self, caller: str) -> None:
        self._unfinished.forget(self._business, caller)


class Offices:
    """Opened once; `refresh` takes edited content for the calls to come. Thread-safe.

    Raises ContentError when a business cannot be read and was never read before.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._shelf = Shelf(settings.content, spare=settings.home / "content")
        self._lock = threading.Lock()
        self._rasa: dict[str, RasaServer] = {}
        """By business; empty with the embedded understanding."""
        self._unlearnt: Mapping[str, str] = {}
        """Business → why its newest content, good as files, could not be taken; tried again, more and more seldom."""
        self._looks, self._patience = 0, 1
        self._offices = self._furnish({})

    def queues(self) -> Mapping[str, Queue]:
        """Where callers of all businesses wait for people, as set at a first start."""
        contents = [office.content for office in self.all().values()]
        sent_to = [queue for content in contents for queue in content.queues_sent_to()]
        main = min((content.business for content in contents), key=lambda one: "*" not in one.numbers)
        return default_queues([content.queues for content in contents], sent_to, str(main.timezone))

    def all(self) -> Mapping[str, Office]:
        return self._offices

    def at(self, called: str) -> Office:
        """Who is called at this number or door. Raises ContentError `content.no_business`."""
        contents = {key: office.content for key, office in self._offices.items()}
        return self._offices[business_for(contents, called).business.id]

    def refuse_unknown(self, called: str) -> None:
        """Raises ContentError `content.no_business`, with the businesses there are, for a name nobody has."""
        refuse_unknown_name({key: office.content for key, office in self._offices.items()}, called)

    def problems(self) -> Mapping[str, str]:
        """Business → why its newest files are not in use, in a sentence."""
        return {**{key: error.message for key, error in self._shelf.problems.items()}, **self._unlearnt}

    def understanding(self) -> Mapping[str, str]:
        """Business → who names its intents, in words."""
        return {key: _who_understands(self._rasa.get(key)) for key in self._offices}

    def refresh(self) -> None:
        """Some file stats; half a minute when phrases changed, for they are learnt anew. Calls go on meanwhile.

        What cannot be learnt is in `problems`, and its last good version goes on serving.
        """
        with self._lock:
            if self._shelf.refresh():
                self._patience = 1
            elif not self._unlearnt or not self._is_time_again():
                return
            self._offices = self._furnish(self._offices)

    def _is_time_again(self) -> bool:
        """After one look, two, four …: learning takes seconds of a core, and what failed mostly fails again."""
        self._looks += 1
        if self._looks < self._patience:
            return False
        self._looks, self._patience = 0, min(2 * self._patience, MOST_PATIENCE)
        return True

    def _furnish(self, before: Mapping[str, Office]) -> dict[str, Office]:
        """What did not change keeps its office; what did learns side by side. At first all must be learnt."""
        unlearnt: dict[str, str] = {}

        def furnished(content: Content) -> Office | None:
            key, known = content.business.id, before.get(content.business.id)
            if known and known.content is content:
                return known
            try:
                return self._office(content, NICENESS if before else 0)
            except Exception as error:
                if not before:
                    raise
                unlearnt[key] = self._why(key, error)
                return known

        contents = list(self._shelf.contents.values())
        with ThreadPoolExecutor(LEARNERS) as learners:
            offices = [office for office in learners.map(furnished, contents) if office]
        self._unlearnt = unlearnt
        return {office.content.business.id: office for office in offices}

    def _why(self, key: str, error: Exception) -> str:
        """In a sentence; said in the log when it is new."""
        surprise = f"It could not be learnt ({type(error).__name__} at {place_of(error)})."
        why = error.message if isinstance(error, FrontdeskError) else surprise
        if self._unlearnt.get(key) != why:
            log.error("content.not_learnt", business=key, error=type(error).__name__, where=place_of(error))
        return why

    def _office(self, content: Content, niceness: int) -> Office:
        model = intents_of(content, self._settings.home / "intents", niceness)
        desk = StoredDesk(content.business, self._store.diary(content.business))
        intents = self._with_rasa(content.business.id, model)
        return Office(content, EmbeddedInterpreter(intents, content.vocabulary), desk)

    def _with_rasa(self, business: str, model: IntentModel) -> Intents:
        url = self._settings.nlu.rasa_at(business)
        if self._settings.nlu.backend != "rasa" or not url:
            return model
        server = self._rasa.setdefault(business, RasaServer(url, self._settings.nlu.rasa_timeout_s))
        return RasaIntents(server, model)


def _who_understands(server: RasaServer | None) -> str:
    return "embedded" if server is None else server.trouble or f"Rasa at {server.url}"


def intents_of(content: Content, folder: Path, niceness: int = 0) -> IntentModel:
    """Learnt once for each wording of the phrases, then read from disk in a moment."""
    home = folder / fingerprint(content.examples)
    if home.exists():
        try:
            return IntentModel.load(home)
        except UnderstandingError as error:
            log.warning("intents.relearnt", code=error.code)
    log.debug("intents.learning", business=content.business.id, takes="half a minute or so, once")
    learn_apart(content.examples, home, niceness)
    return IntentModel.load(home)
