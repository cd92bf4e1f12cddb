"""What we make of Vosk's answers and what we give it, without its model."""

from pathlib import Path
from typing import Any

import pytest

from bot.asr.vosk import UNKNOWN, VoskEar, hypotheses_from
from bot.errors import HearingError, ModelError
from bot.events import AudioChunk, Expect

VOCABULARY = {"yes", "no", "main", "street", "one", "two"}


def result(*words: tuple[str, float, float, float]) -> dict[str, Any]:
    return {"result": [{"word": w, "start": s, "end": e, "conf": c} for w, s, e, c in words]}


class ModelOfFewWords:
    def __init__(self, path: str) -> None:
        self.path = path

    def vosk_model_find_word(self, word: str) -> int:
        return 7 if word in VOCABULARY else -1


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> VoskEar:
    monkeypatch.setattr("bot.asr.vosk.vosk.Model", ModelOfFewWords)
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "final.mdl").touch()
    return VoskEar(tmp_path)


def test_words_carry_milliseconds_and_confidence() -> None:
    (heard,) = hypotheses_from([result(("yes", 0.06, 0.6, 1.0), ("please", 0.6, 0.9, 0.8))])
    assert heard.text == "yes please"
    assert heard.confidence == pytest.approx(0.9)
    assert [(w.start_ms, w.end_ms) for w in heard.words] == [(60, 600), (600, 900)]


def test_both_halves_of_a_sentence_with_a_pause_are_kept() -> None:
    (heard,) = hypotheses_from([result(("on", 0, 1, 1.0)), {"text": ""}, result(("monday", 2, 3, 1.0))])
    assert heard.text == "on monday"


def test_only_unknown_words_are_no_words() -> None:
    assert hypotheses_from([result((UNKNOWN, 0, 1, 1.0))]) == ()
    assert hypotheses_from([{"text": ""}]) == ()


def test_a_word_beside_much_unknown_is_doubtful() -> None:
    (heard,) = hypotheses_from([result((UNKNOWN, 0, 3, 1.0), ("yes", 3, 4, 1.0))])
    assert (heard.text, heard.confidence) == ("yes", 0.25)


def test_a_grammar_is_the_phrases_and_the_reject_sign(ear: VoskEar) -> None:
    assert ear.grammar(Expect("yes_no", ("yes", "no", "yes"))) == ("yes", "no", UNKNOWN)


def test_digits_do_without_the_reject_sign(ear: VoskEar) -> None:
    assert ear.grammar(Expect("digits", ("one", "two"))) == ("one", "two")


def test_a_phrase_with_an_unknown_word_is_left_out_whole(ear: VoskEar) -> None:
    assert ear.grammar(Expect("choice", ("main street", "zzyzx street"))) == ("main street", UNKNOWN)
    assert ear.unknown_words(["main street", "zzyzx street", UNKNOWN]) == ("zzyzx",)


def test_nothing_known_is_no_grammar_for_an_empty_one_crashes_vosk(ear: VoskEar) -> None:
    assert ear.grammar(Expect("choice", ("zzyzx", " "))) == ()
    assert ear.grammar(Expect("free", ("yes",))) == ()


def test_a_session_without_audio_heard_nothing(ear: VoskEar) -> None:
    session = ear.listen(Expect("yes_no", ("yes",)))
    assert session.glimpse() == ()
    assert session.finish() == ()


def test_audio_at_another_rate_is_refused(ear: VoskEar) -> None:
    with pytest.raises(HearingError) as refused:
        ear.listen(Expect()).accept(AudioChunk(bytes(320), 8_000))
    assert refused.value.code == "hearing.rate"


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models fetch") as missing:
        VoskEar(tmp_path)
    assert missing.value.code == "models.missing"
