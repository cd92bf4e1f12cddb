"""A real Rasa 3.6 server, taught with the same phrases, names the intents of a real call; when it dies, calls go on."""

from __future__ import annotations

import datetime as dt
import socketserver
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.app import Centre
from bot.appointments.model import Wish
from bot.config import NluSettings
from bot.nlu.rasa import RasaServer
from tests import rasa_server
from tests.integration.house import VETS, House
from tests.spoken import Person

pytestmark = pytest.mark.integration

QUICK = """
recipe: default.v1
assistant_id: frontdesk
language: en
pipeline:
- name: WhitespaceTokenizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 2
  max_ngram: 4
- name: LogisticRegressionClassifier
  max_iter: 40
- name: ResponseSelector
  retrieval_intent: faq
  epochs: 6
  constrain_similarities: true
policies: []
"""
"""Learns in a minute; `nlu_data/config.yml` takes a few."""


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    if not rasa_server.is_wanted():
        pytest.skip("Rasa is not installed (1.5 GB): `make rasa` once, and this runs")
    folder = tmp_path_factory.mktemp("rasa")
    (folder / "config.yml").write_text(QUICK)
    rasa_server.install()
    rasa_server.train("harbour_vets", folder / "config.yml", folder / "vets.tar.gz")
    with rasa_server.serving(folder / "vets.tar.gz") as server:
        yield server


@pytest.fixture
def vets(rasa: tuple[str, subprocess.Popen[bytes]], engines: Centre, tmp_path: Path) -> House:
    settings = NluSettings(backend="rasa", rasa={"harbour_vets": rasa[0]}, rasa_timeout_s=2.0)
    return House(tmp_path / "home", engines, nlu=settings)


def understanding(house: House) -> Mapping[str, str]:
    return house.centre.offices.understanding()


def test_rasa_names_what_callers_want_and_which_question_they_ask(rasa: tuple[str, subprocess.Popen[bytes]]) -> None:
    server = RasaServer(rasa[0], 5.0)
    for text, intent in (
        ("can i make an appointment for next week", "book"),
        ("i need to cancel my appointment", "cancel"),
        ("can i speak to a person please", "person"),
    ):
        guess = server.ask(text)
        assert guess is not None, server.trouble
        assert guess.ranking[0][0] == intent, guess
    question = server.ask("do you have a car park")
    assert question is not None, server.trouble
    assert any(name.startswith("faq/") for name, _ in question.ranking), "questions come by their own names"


def test_a_call_is_taken_through_rasa(vets: House, rasa: tuple[str, subprocess.Popen[bytes]]) -> None:
    owner = vets.desk("harbour_vets").add_customer("Brian Cole", "+447700900456", birth_date=dt.date(1975, 3, 2))
    desk = vets.desk("harbour_vets")
    [slot] = desk.free_slots(Wish(next(iter(desk.business.services))), vets.now, limit=1)
    desk.book(slot, owner, "test", vets.now)
    person = Person(
        [
            ("how can I help|what can I do", "I need to cancel my appointment"),
            ("date of birth", "the second of March, nineteen seventy five"),
            ("shall I cancel|want to cancel|cancel it", "yes, please"),
            ("anything else", "no, thank you"),
        ]
    )
    line = vets.call(person, "+447700900456", VETS)
    assert line.report.outcome == "completed", line.story
    assert vets.appointments("harbour_vets") == [], line.story
    understood = understanding(vets)
    assert (understood["harbour_vets"], understood["brightwater_dental"]) == (f"Rasa at {rasa[0]}", "embedded")


class Garbage(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.recv(4096)
        self.request.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nnonsense!")


def test_a_server_that_answers_garbage_changes_nothing_for_callers(engines: Centre, tmp_path: Path) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Garbage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = NluSettings(backend="rasa", rasa={"harbour_vets": f"http://127.0.0.1:{server.server_address[1]}"})
        house = House(tmp_path / "home", engines, nlu=settings)
        assert "appointment" in house.chat("i'd like to cancel my appointment", called=VETS)
        assert "not Rasa's" in str(understanding(house))
        server.shutdown()


def test_when_nobody_is_there_the_embedded_understanding_answers(engines: Centre, tmp_path: Path) -> None:
    settings = NluSettings(backend="rasa", rasa={"harbour_vets": "http://127.0.0.1:9"})
    house = House(tmp_path / "home", engines, nlu=settings)
    assert "cancel" in house.chat("i'd like to cancel my appointment", called=VETS)
    assert "could not be reached" in str(understanding(house))


def test_a_server_that_dies_between_two_calls_is_not_missed(
    vets: House, rasa: tuple[str, subprocess.Popen[bytes]]
) -> None:
    rasa[1].terminate()
    rasa[1].wait(30)
    assert "cancel" in vets.chat("i'd like to cancel my appointment", called=VETS)
    assert "embedded understanding answers" in str(understanding(vets))
