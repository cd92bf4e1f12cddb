"""What a report keeps beside the words: those heard with doubt, and whether the call was recorded."""

from __future__ import annotations

import datetime as dt

from bot.events import Answered, Expect, Hypothesis, Listen, StopRecording, Think, Utterance, Word
from bot.report import CallReport, Witness, as_json, talk_turns

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
WORDS = (Word("my", 0, 100, 0.9), Word("card", 100, 300, 0.2), Word("1234", 300, 900, 0.3))


def witness(recording: str = "") -> Witness:
    return Witness(CallReport("c1", "browser", NOW, recording=recording), lambda text: text.replace("1234", "[card]"))


def test_words_heard_with_doubt_are_kept_and_what_is_masked_is_not_among_them() -> None:
    seen = witness()
    seen.observe(Think(1, Utterance((Hypothesis("my card 1234", 0.6, WORDS),))))
    [turn] = as_json(seen.report)["turns"]  # type: ignore[misc]
    assert (turn["text"], turn["doubtful"]) == ("my card [card]", ["card"])


def test_of_a_secret_answer_no_word_is_kept() -> None:
    seen = witness()
    seen.observe(Listen(Expect("digits", secret=True)))
    seen.observe(Think(1, Utterance((Hypothesis("my card 1234", 0.6, WORDS),))))
    [turn] = as_json(seen.report)["turns"]  # type: ignore[misc]
    assert "doubtful" not in turn


def test_lines_of_a_talk_keep_their_doubtful_words() -> None:
    line = {"speaker": "caller", "text": "an ex ray", "at": "2026-11-23T09:00:02+00:00", "confidence": 0.8}
    [plain] = talk_turns([line], NOW)
    assert plain == {"speaker": "caller", "text": "an ex ray", "start_ms": 2_000, "end_ms": 2_000, "confidence": 0.8}
    assert talk_turns([line | {"doubtful": ["ex"]}], NOW) == [plain | {"doubtful": ["ex"]}]


def test_a_report_tells_of_recording_only_where_calls_are_recorded() -> None:
    assert "recording" not in as_json(witness().report)
    seen = witness("on")
    assert as_json(seen.report)["recording"] == "on"
    seen.observe(StopRecording())
    assert as_json(seen.report)["recording"] == "refused"


def test_a_report_has_the_name_that_the_line_told_and_none_where_it_told_none() -> None:
    seen = witness()
    seen.observe(Answered("+441632960001", "100", "Ann Example"))
    assert as_json(seen.report)["caller_name"] == "Ann Example"
    assert "caller_name" not in as_json(witness().report)
