"""Real models on real content: trained, stored, loaded, and asked through the interpreter and the command line."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from bot.commands.language import nlu
from bot.errors import ContentError, UnderstandingError
from bot.events import FREE, Expect, Hypothesis, Utterance
from bot.nlu.checking import hold_out
from bot.nlu.classifier import IntentModel, fingerprint
from bot.nlu.encoder import RowsOnDisk, Universal, _loaded
from bot.nlu.interpreter import EmbeddedInterpreter
from bot.nlu.training_data import examples_with_lines, read_examples
from bot.nlu.understanding import Understanding, Vocabulary

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
LANGUAGE = ROOT.parent / "shared" / "nlu"
NOW = dt.datetime(2022, 3, 15, 9, 0, tzinfo=dt.UTC)

EXAMPLES = {
    "book": (
        "i'd like to book an appointment",
        "book me in for tuesday",
        "can i make an appointment",
        "i need to see you",
    ),
    "cancel": ("cancel my appointment", "i can't make it please cancel", "i want to cancel", "call off my visit"),
    "opening_hours": (
        "when are you open",
        "what are your opening hours",
        "are you open on sunday",
        "what time do you close",
    ),
    "person": ("a person please", "can i speak to someone", "put me through to a human", "i want a real person"),
}


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.train(EXAMPLES)


@pytest.fixture(scope="module")
def interpreter(model: IntentModel) -> EmbeddedInterpreter:
    return EmbeddedInterpreter(model, Vocabulary({"service": {"check_up": ("check up",)}}))


def heard(*texts: str) -> Utterance:
    return Utterance(tuple(Hypothesis(text) for text in texts))


def understand(interpreter: EmbeddedInterpreter, text: str, expect: Expect = FREE) -> Understanding:
    return interpreter.understand(heard(text), expect, NOW)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("could you book an appointment for me", "book"),
        ("i have to cancel the appointment", "cancel"),
        ("what hours are you open", "opening_hours"),
        ("let me talk to a real human being", "person"),
    ],
)
def test_phrases_never_seen_are_understood(interpreter: EmbeddedInterpreter, text: str, intent: str) -> None:
    assert understand(interpreter, text).intent == intent


def test_values_come_with_the_intent(interpreter: EmbeddedInterpreter) -> None:
    found = understand(interpreter, "can i book a check up next tuesday around half past two")
    assert found.intent == "book"
    assert {entity.kind for entity in found.entities} == {"service", "date", "time"}


def test_the_open_question_decides_what_yes_means(interpreter: EmbeddedInterpreter) -> None:
    assert understand(interpreter, "yes please", Expect("yes_no")).intent == "affirm"
    assert understand(interpreter, "no wednesday", Expect("yes_no")).intent == "correct"


def test_a_value_only_the_second_hypothesis_has_is_taken_with_less_confidence(interpreter: EmbeddedInterpreter) -> None:
    found = interpreter.understand(heard("choose day", "tuesday"), Expect("date"), NOW).first("date")
    assert found is not None
    assert found.confidence < 1


def test_silence_and_unknown_sounds_are_nothing(interpreter: EmbeddedInterpreter) -> None:
    assert interpreter.understand(Utterance(()), FREE, NOW).intent == ""
    assert understand(interpreter, "[unk]").intent == ""


def test_a_stored_model_answers_as_before_and_knows_what_it_learnt(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = IntentModel.load(tmp_path)
    assert again.predict("book me in please") == model.predict("book me in please")
    assert again.fingerprint == fingerprint(EXAMPLES) != fingerprint({"a": ["b"]})


@pytest.mark.parametrize("break_it", ["remove", "truncate", "garbage"])
def test_a_broken_model_is_refused_with_what_to_do(model: IntentModel, tmp_path: Path, break_it: str) -> None:
    model.save(tmp_path)
    stored = tmp_path / "intents.npz"
    if break_it == "remove":
        stored.unlink()
    else:
        stored.write_bytes(stored.read_bytes()[:100] if break_it == "truncate" else b"nonsense")
    with pytest.raises(UnderstandingError, match="nlu train"):
        IntentModel.load(tmp_path)


def test_serving_needs_no_library_of_learning(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    serve = (
        "import sys; from pathlib import Path; import bot.nlu.interpreter; from bot.nlu.classifier import IntentModel; "
        "print(IntentModel.load(Path(sys.argv[1])).predict('cancel my appointment').intent); "
        "print(sorted({'sklearn', 'scipy', 'torch'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", serve, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert ran.stdout.splitlines() == ["cancel", "[]"], ran.stderr


@pytest.mark.parametrize(
    "text", ["what's the tallest mountain in africa", "my brother plays the trumpet", "how do i boil an egg"]
)
def test_talk_about_other_things_is_turned_away(model: IntentModel, text: str) -> None:
    assert not model.predict(text).accepted


def test_intents_with_one_phrase_each_can_be_learnt_all_the_same() -> None:
    lone = IntentModel.train({"book": ["book an appointment"], "cancel": ["cancel my appointment"]})
    assert lone.predict("please cancel it").intent == "cancel"
    assert lone.predict("book an appointment").accepted


def test_the_same_phrases_and_seed_give_the_same_model(model: IntentModel) -> None:
    again = IntentModel.train(EXAMPLES)
    assert again.predict("can you fit me in") == model.predict("can you fit me in")


def test_every_phrase_is_judged_once_by_a_model_that_did_not_know_it() -> None:
    judged = hold_out(EXAMPLES)
    assert sorted(one.text for one in judged) == sorted(text for said in EXAMPLES.values() for text in said)
    assert sum(one.guess == one.intent for one in judged) > len(judged) / 2
    assert all(0 < one.confidence <= 1 for one in judged)


def test_one_intent_is_too_little() -> None:
    with pytest.raises(UnderstandingError, match="two intents"):
        IntentModel.train({"book": ["book it"]})


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        ("nlu:\n- intent: a\n  examples: |\n    - one\n    two\n", 5, "dash"),
        ("nlu:\n- intent: a\n", 2, "no examples"),
        ("nlu:\n- intent: a\n  examples: [\n", 4, "YAML"),
        ("nlu:\n- examples: |\n    - a\n", 2, "intent"),
        ("", 1, "empty"),
        ("version: '3.1'\n", 1, "nlu:"),
        ("a: &a [x]\nnlu: *a\n", 2, "alias"),
    ],
)
def test_broken_files_are_named_with_their_line(tmp_path: Path, content: str, line: int, word: str) -> None:
    path = tmp_path / "nlu.yml"
    path.write_text(content)
    with pytest.raises(ContentError, match=rf"nlu\.yml:{line}: .*{word}"):
        read_examples([path])


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nlu.yml"
    path.write_bytes("nlu:\n- intent: ü\n".encode("utf-16"))
    with pytest.raises(ContentError, match="UTF-8"):
        read_examples([path])


def test_phrases_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "nlu.yml"
    path.write_text(
        "nlu:\n- intent: a\n  examples: |\n    - one [day](date)\n\n    - two\n- synonym: x\n  examples: |\n    - y\n"
    )
    assert list(examples_with_lines(path)) == [("a", "one day", 4), ("a", "two", 6)]


def test_train_and_predict_by_command(tmp_path: Path) -> None:
    data = tmp_path / "nlu.yml"
    entries = [
        f"- intent: {name}\n  examples: |\n" + "".join(f"    - {x}\n" for x in said) for name, said in EXAMPLES.items()
    ]
    data.write_text("nlu:\n" + "".join(entries))
    trained = CliRunner().invoke(nlu, ["train", str(data), "--out", str(tmp_path / "model")])
    assert trained.exit_code == 0, trained.output
    asked = CliRunner().invoke(nlu, ["predict", "--model", str(tmp_path / "model")], input="cancel my appointment\n\n")
    first, second = [json.loads(line) for line in asked.stdout.splitlines()]
    assert (first["intent"], first["accepted"], second["intent"]) == ("cancel", True, "")
    assert first["ranking"][0] == {"intent": "cancel", "confidence": first["confidence"]}


def test_extract_by_command() -> None:
    ran = CliRunner().invoke(
        nlu, ["extract", "--now", "2022-03-15T09:00"], input="tomorrow at twenty five to seven p m\n"
    )
    found = json.loads(ran.stdout)
    assert found["dates"] == [{"value": "2022-03-16", "span": [0, 8]}]
    assert found["times"] == [{"value": "18:35", "span": [12, 36]}]


def test_identity_by_command(tmp_path: Path) -> None:
    records, turns = tmp_path / "records.csv", tmp_path / "turns.jsonl"
    records.write_text(
        "customer_id,name,dob,postcode\n7,Max Savage,1971-12-31,EC6E 6YB\n8,Anna Smith,1981-09-03,M4 0QG\n"
    )
    said = [("name", "max savage"), ("dob", "31st of december 1971"), ("postcode", "e c 6 e 6 y b")]
    turns.write_text(
        "\n".join(json.dumps({"dialogue_id": "a", "turn": n, "item": i, "nbest": [t]}) for n, (i, t) in enumerate(said))
    )
    ran = CliRunner().invoke(nlu, ["identity", "--customers", str(records), "--dialogues", str(turns)])
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer["customer_id"] for answer in answers][-1] == "7"
    assert [answer["value"] for answer in answers] == ["Max Savage", "1971-12-31", "EC6E 6YB"]


def test_dates_and_times_of_real_utterances() -> None:
    path = LANGUAGE / "nlupp" / "dates_times.tsv"
    if not path.exists():
        pytest.skip("the language data for measuring is not on this machine")
    from tests.bench.understanding import spans_found

    found = spans_found(path)
    assert found["dates"] >= 0.95
    assert found["times"] >= 0.95


def test_rows_of_a_table_on_the_disk_are_those_of_the_table() -> None:
    table = np.random.default_rng(0).integers(0, 256, (9_000, 16), dtype=np.uint8)
    rows = np.array([0, 8_999, 17, 17])
    assert (RowsOnDisk(table)[rows] == table[rows]).all()


def test_the_table_of_the_encoder_is_not_held_in_memory() -> None:
    assert Universal().encode(["hello"]).any()
    assert isinstance(_loaded()._model.table, RowsOnDisk)


def test_the_same_seed_makes_the_same_errors_in_every_process() -> None:
    script = "from bot.nlu.noise import Noise; print(Noise(['write right rite wright knight night'] * 3, 1).swapped)"
    script = script.replace(".swapped", "('write right rite wright knight night', 1.0)")
    heard = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(heard) == 1
