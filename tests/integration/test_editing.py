"""The draft, its check, publishing and going back, on real files and a real database; only the learning is scripted."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bot.config import PROJECT
from bot.content.being_published import alone, is_being_published
from bot.content.content import load_content
from bot.content.shelf import Shelf
from bot.editing.checking import Checking, read_phrases
from bot.editing.draft import Draft
from bot.editing.editing import Editing
from bot.editing.files import read_files
from bot.editing.labelling import Labelling
from bot.editing.model import Miss, token
from bot.editing.pieces import piece_of, with_piece
from bot.editing.publishing import Publisher, Publishing
from bot.errors import ContentError
from bot.nlu.normalise import normalise
from bot.store.content import ContentRows
from bot.store.store import open_store
from tests.small_business import small_business

pytestmark = pytest.mark.integration

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
EVA, ADA = Publisher("Eva"), Publisher("Ada", may_override=True)
FAQ = "vets/faq.yml"


class Rote:
    """Understands what it was taught, word for word; `forgets` are sentences it does not."""

    def __init__(self, examples, forgets=()):
        self.known = {normalise(text): intent for intent, said in examples.items() for text in said}
        self.intents = tuple(examples)
        self.forgets = forgets

    def predict_all(self, texts):
        guesses = [self.known.get(normalise(text), "") if text not in self.forgets else "" for text in texts]
        return [SimpleNamespace(intent=guess, accepted=bool(guess)) for guess in guesses]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_business(tmp_path / "content")


@pytest.fixture
def rows(tmp_path: Path) -> ContentRows:
    return open_store(f"sqlite:///{tmp_path}/db.sqlite3").content


@pytest.fixture
def draft(root: Path, rows: ContentRows) -> Draft:
    return Draft(root, rows)


def publishing(draft: Draft, rows: ContentRows, learn=Rote, tests=lambda folder: ()) -> Publishing:
    return Publishing(draft, rows, Checking(learn, learn, tests))


def change(draft: Draft, old: str = "It costs", new: str = "It is", path: str = FAQ, by: str = "Eva") -> str:
    text = draft.text(path)
    assert old in text
    return draft.save(path, text.replace(old, new), token(text), by, NOW)


@pytest.fixture
def edited(draft: Draft) -> Draft:
    change(draft, "can i get a prescription", "could i have a prescription")
    return draft


def test_nobody_hears_a_draft_and_what_is_published_everybody_who_calls_from_now_on(edited, root, rows) -> None:
    shelf = Shelf(root)
    assert not shelf.refresh()
    version = publishing(edited, rows).publish("Prescriptions", EVA, NOW)
    assert (version.id, version.by) == (2, "Eva")
    assert edited.edited() == []
    assert shelf.refresh()
    assert "could i have a prescription" in shelf.contents["vets"].faq["prescription"].questions


def test_going_back_brings_every_file_back_and_keeps_the_draft(edited, root, rows) -> None:
    before = read_files(root)
    desk = publishing(edited, rows)
    desk.publish("Prescriptions", EVA, NOW)
    change(edited, "worming", "de-worming")
    version = desk.rollback(1, EVA, NOW)
    assert read_files(root) == before
    assert [one.path for one in edited.edited()] == [FAQ]
    assert version.name == "Back to 1: Before the first publishing"
    assert [one.id for one in desk.versions()] == [3, 2, 1]
    assert list(desk.compared(1, 2)["files"]) == [FAQ]


def test_what_somebody_wrote_into_the_folder_by_hand_is_a_version_too(edited, root, rows) -> None:
    desk = publishing(edited, rows)
    desk.publish("One", EVA, NOW)
    (root / "responses.yml").write_text((root / "responses.yml").read_text() + "# by hand\n")
    change(edited, "could i have", "may i have")
    desk.publish("Two", EVA, NOW)
    names = [one.name for one in desk.versions()]
    assert names == ["Two", "Changed in the folder by hand", "One", "Before the first publishing"]


def test_a_version_that_understands_something_worse_is_not_published_by_accident(edited, root, rows) -> None:
    (root / "vets" / "tests").mkdir()
    phrases = "emergency\tmy dog ate chocolate\nemergency\tmy dog is bleeding badly\n"
    (root / "vets" / "tests" / "phrases.tsv").write_text(f"# never learnt from\n{phrases}")

    def learn(examples):
        taught = {**examples, "emergency": [*examples["emergency"], "my dog ate chocolate", "my dog is bleeding badly"]}
        is_draft = "could i have a prescription" in examples["faq/prescription"]
        return Rote(taught, ["my dog ate chocolate"] if is_draft else ())

    desk = publishing(edited, rows, learn)
    with pytest.raises(ContentError, match="emergency understands 1 of 4 test phrases instead of 2") as told:
        desk.publish("Worse", EVA, NOW)
    assert told.value.code == "content.gate"
    with pytest.raises(ContentError, match="ask an admin"):
        desk.publish("Worse", EVA, NOW, "because")
    with pytest.raises(ContentError, match="give a reason"):
        desk.publish("Worse", ADA, NOW)
    assert "can i get a prescription" in (root / FAQ).read_text()
    version = desk.publish("Worse", ADA, NOW, "The old wording is no longer true")
    assert (version.reason, rows.versions()[0].figures["vets"]["after"]) == (
        "The old wording is no longer true",
        version.figures["vets"]["before"] - 1,
    )


def test_a_test_conversation_that_fails_shuts_the_gate(edited, rows) -> None:
    known, fresh = "old.yml: it fails since long.", "booking.yml: the bot did not ask for the day."
    desk = publishing(edited, rows, tests=lambda folder: [known, fresh] if folder.parent.name == "after" else [known])
    assert desk.check().failures == (fresh,)
    with pytest.raises(ContentError, match="did not ask for the day"):
        desk.publish("Prescriptions", EVA, NOW)


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("vets/faq.yml", "nlu: [", "broken"),
        ("vets/faq.yml", "a: &a [x]\nb: [*a, *a]\n", "anchors"),
        ("vets/business.yml", "\n", "empty"),
        ("vets/faq.yml", "nlu:\n- intent: faq/x\n  examples: |\n    - one\nresponses: {}\n", "no answer"),
        ("vets/tests/phrases.tsv", "book without a tab\n", "a tab"),
    ],
)
def test_mistakes_nobody_can_override_and_callers_go_on_hearing_the_last_version(
    draft, root, rows, path, text, told
) -> None:
    before = read_files(root)
    draft.save(path, text, token(before.get(path)), "Eva", NOW)
    desk = publishing(draft, rows)
    report = desk.check()
    assert [problem.path for problem in report.problems] == [path]
    with pytest.raises(ContentError, match=told):
        desk.publish("Broken", ADA, NOW, "I want it")
    assert read_files(root) == before


def test_of_two_who_save_at_once_the_second_is_told_and_nothing_is_lost(draft) -> None:
    seen = draft.text(FAQ)
    draft.save(FAQ, seen + "# Eva\n", token(seen), "Eva", NOW)
    with pytest.raises(ContentError, match=r"Eva changed vets/faq\.yml") as told:
        draft.save(FAQ, seen + "# Ben\n", token(seen), "Ben", NOW)
    assert told.value.code == "content.changed_meanwhile"
    assert draft.text(FAQ).endswith("# Eva\n")


def test_many_who_save_at_once_one_of_them_is_first(draft) -> None:
    seen, saved, refused = draft.text(FAQ), [], []

    def save(name: str) -> None:
        try:
            saved.append(draft.save(FAQ, f"{seen}# {name}\n", token(seen), name, NOW))
        except ContentError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=save, args=(f"editor {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert saved == [token(draft.text(FAQ))]
    assert refused == ["content.changed_meanwhile"] * 7


def test_colleagues_edit_different_pieces_of_one_file(draft) -> None:
    for name, by in (("faq/worming", "Eva"), ("faq/chip", "Ben")):
        opened = token(piece_of(draft.text(FAQ), "phrases", name).text)
        draft.save_piece(FAQ, "phrases", name, f"{by} asks for it\n{by} does", opened, by, NOW)
    assert "Eva asks for it" in draft.text(FAQ)
    assert "Ben asks for it" in draft.text(FAQ)


def test_a_draft_of_a_file_that_changed_in_the_folder_is_not_published_over_it(edited, root, rows) -> None:
    (root / FAQ).write_text((root / FAQ).read_text() + "# by hand\n")
    assert edited.conflicts() == [FAQ]
    with pytest.raises(ContentError, match="changed in the content folder"):
        publishing(edited, rows).publish("Mine", EVA, NOW)


@pytest.mark.parametrize("path", ["../secrets.yml", "/etc/x.yml", "vets/../../x.yml", "Vets/a.yml", "vets/a.py"])
def test_nothing_is_written_outside_the_content_folder(draft, path) -> None:
    with pytest.raises(ContentError, match="Content files are named"):
        draft.save(path, "a: 1\n", "", "Eva", NOW)


@pytest.mark.parametrize("text", ["a" * 1_000_001, "a\0b", "\ud800"])
def test_what_is_no_text_or_enormous_is_refused_with_a_sentence(draft, text) -> None:
    with pytest.raises(ContentError, match=r"split the file|plain text"):
        draft.save(FAQ, text, token(draft.text(FAQ)), "Eva", NOW)


def test_a_centre_does_not_read_half_a_version(root) -> None:
    shelf = Shelf(root)
    with alone(root):
        (root / FAQ).write_text((root / FAQ).read_text() + "# new\n")
        assert is_being_published(root)
        assert not shelf.refresh()
    assert shelf.refresh()


def miss(text: str, **more) -> Miss:
    return Miss("vets", "c1", NOW, text, "below the gate", "move", 0.4, "Hello.", "Sorry?", **more)


def test_labels_in_a_spreadsheet_join_the_draft_and_a_wrong_one_is_named_with_its_line(draft, rows) -> None:
    labelling = Labelling(draft, rows, lambda texts: np.eye(len(texts), dtype=np.float32))
    rows.add_misses([miss("sell me a boat"), miss("=is my cat fat"), miss("mhm yes well")])
    table = labelling.export()
    assert "'=is my cat fat" in table, "no spreadsheet takes it for a formula"
    ids = {one.text: one.id for one in rows.misses()}
    boat, noise, cat = ids["sell me a boat"], ids["mhm yes well"], ids["=is my cat fat"]
    labels = f"{boat},sell me a boat,faq/boats,We sell none.\n{noise},,-,\n{cat},is my cat fat,flying,\n"
    text = f"id,text,label,answer\n{labels}"
    with pytest.raises(ContentError, match="Line 4: There is no intent"):
        labelling.take_in(text, "Eva", NOW)
    assert "sell me a boat" in draft.text(FAQ)
    assert "We sell none." in draft.text(FAQ)
    assert [one.text for one in rows.misses()] == ["=is my cat fat"]
    assert {one.status for one in rows.misses(status=None)} == {"open", "labelled", "dismissed"}


def test_a_new_question_without_an_answer_is_refused_and_stays_open(draft, rows) -> None:
    editing = Editing(draft.root, draft.root.parent, rows)
    rows.add_misses([miss("sell me a boat")])
    with pytest.raises(ContentError, match="needs the answer"):
        editing.labelling.label("vets", [1], ["sell me a boat"], "faq/boats", "Eva", NOW)
    assert len(rows.misses("vets")) == 1
    assert draft.edited() == []


def test_a_missed_phrase_is_taught_to_a_skill_of_the_business_too(draft, rows) -> None:
    (draft.root / "vets" / "skills").mkdir()
    skill = PROJECT / "nlu_data" / "lantern_broadband" / "skills" / "donation.yml"
    (draft.root / "vets" / "skills" / "donation.yml").write_text(skill.read_text())
    editing = Editing(draft.root, draft.root.parent, rows)
    rows.add_misses([miss("here are fifty pounds for the hedgehogs")])
    said = ["here are fifty pounds for the hedgehogs"]
    editing.labelling.label("vets", [1], said, "donation", "Eva", NOW)
    contents, problems = editing.contents()
    assert problems == {}
    assert said[0] in contents["vets"].examples["donation"]
    assert rows.misses("vets") == []


CHANNELED = """responses:
  utter_greeting:
  - text: "Hello."
  - text: "Hello, you see the times on this page."
    channel: browser
"""


def test_a_wording_for_one_channel_is_said_there_alone_and_survives_editing(draft) -> None:
    (draft.root / "vets" / "responses.yml").write_text(CHANNELED)
    content = load_content(draft.root / "vets")
    assert content.responses_on("phone")["utter_greeting"] == ("Hello.",)
    assert content.responses_on("browser")["utter_greeting"] == ("Hello, you see the times on this page.",)
    piece = piece_of(CHANNELED, "answer", "utter_greeting")
    assert piece.text == "Hello.\n[browser] Hello, you see the times on this page."
    assert with_piece(CHANNELED, "answer", "utter_greeting", piece.text) == CHANNELED


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [("browser", "fax", "a channel is one of phone, browser"), ('- text: "Hello."\n  ', "", "without a channel")],
)
def test_a_wording_nobody_would_hear_is_refused(draft, old, new, told) -> None:
    (draft.root / "vets" / "responses.yml").write_text(CHANNELED.replace(old, new, 1))
    with pytest.raises(ContentError, match=told):
        load_content(draft.root / "vets")


def test_the_samples_test_phrases_name_intents_there_are_and_none_is_taught() -> None:
    folder = PROJECT / "nlu_data" / "brightwater_dental"
    examples = load_content(folder).examples
    taught = {normalise(phrase) for phrases in examples.values() for phrase in phrases}
    phrases = read_phrases(folder / "tests" / "phrases.tsv")
    assert len(phrases) > 60
    assert {intent for intent, _ in phrases} <= {*examples, "out_of_scope"}
    assert [phrase for _, phrase in phrases if normalise(phrase) in taught] == []


def test_who_waits_for_a_check_is_told_what_it_is_at(edited, rows) -> None:
    seen = []

    def learn(examples):
        seen.append(desk.step)
        return Rote(examples)

    def play(folder):
        seen.append(desk.step)
        return ()

    desk = publishing(edited, rows, learn, play)
    desk.check()
    first, *_, last = seen
    assert (first.done, first.of, first.what[:5]) == (0, 2, "vets:")
    assert (last.done, last.of, last.what) == (1, 2, "The conversations are played")
    assert desk.step is None
