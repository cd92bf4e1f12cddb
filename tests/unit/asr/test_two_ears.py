"""The choice between the ears, with scripted ones."""

from dataclasses import dataclass, field

import pytest

from bot.asr.recognizer import Recognizer
from bot.asr.two_ears import AGREED, CAPTIONS_BEHIND_MS, Captioned, TwoEars, combine
from bot.errors import HearingError
from bot.events import CHUNK_BYTES, FREE, AudioChunk, Expect, Hypothesis

YES_NO = Expect("yes_no", ("yes", "no"))
CHUNK = AudioChunk(bytes(CHUNK_BYTES))


def said(text: str, confidence: float = 0.9) -> tuple[Hypothesis, ...]:
    return (Hypothesis(text, confidence),)


@dataclass
class ScriptedEar:
    answer: tuple[Hypothesis, ...] = ()
    partial: str | None = None
    breaks: bool = False
    asked: list[Expect] = field(default_factory=list)
    chunks: int = 0
    finished: int = 0

    def listen(self, expect: Expect) -> Recognizer:
        self.asked.append(expect)
        return self

    def accept(self, chunk: AudioChunk) -> str | None:
        if self.breaks:
            raise HearingError("hearing.vosk", "broken")
        self.chunks += 1
        return self.partial

    def glimpse(self) -> tuple[Hypothesis, ...]:
        return self.answer

    def finish(self) -> tuple[Hypothesis, ...]:
        self.finished += 1
        return self.answer


def heard(ears: TwoEars, expect: Expect, chunks: int = 3) -> tuple[Hypothesis, ...]:
    recognizer = ears.listen(expect)
    for _ in range(chunks):
        recognizer.accept(CHUNK)
    recognizer.glimpse()
    return recognizer.finish()


def test_a_closed_question_is_heard_by_the_ear_with_the_grammar_alone() -> None:
    closed, free = ScriptedEar(said("yes")), ScriptedEar(said("guess"))
    assert heard(TwoEars(closed, free), YES_NO) == said("yes")
    assert closed.asked == [YES_NO]
    assert (free.chunks, free.finished) == (0, 0)


def test_free_speech_never_reaches_the_ear_with_the_grammar() -> None:
    closed, free = ScriptedEar(said("yes")), ScriptedEar(said("i'd like to book"))
    assert heard(TwoEars(closed, free), FREE) == said("i'd like to book")
    assert closed.asked == []


def test_a_closed_question_without_phrases_is_free_speech() -> None:
    closed, free = ScriptedEar(said("yes")), ScriptedEar(said("jane"))
    assert heard(TwoEars(closed, free), Expect("name")) == said("jane")
    assert closed.asked == []


def test_where_the_grammar_heard_nothing_the_free_ear_hears_the_same_audio() -> None:
    free = ScriptedEar(said("could i speak to somebody"))
    assert heard(TwoEars(ScriptedEar(), free), YES_NO) == said("could i speak to somebody")
    assert free.chunks == 3


def test_a_glimpse_of_nothing_in_the_grammar_is_the_free_ears() -> None:
    recognizer = TwoEars(ScriptedEar(), ScriptedEar(said("an emergency"))).listen(YES_NO)
    recognizer.accept(CHUNK)
    assert recognizer.glimpse() == said("an emergency")


def test_a_doubtful_answer_that_both_hear_is_sure() -> None:
    assert heard(TwoEars(ScriptedEar(said("yes", 0.5)), ScriptedEar(said("yes", 0.6))), YES_NO) == said("yes", AGREED)


def test_where_the_ears_disagree_the_surer_one_leads_and_both_are_kept() -> None:
    texts = [h.text for h in combine(said("no", 0.4), said("know", 0.7))]
    assert texts == ["know", "no"]


@pytest.mark.parametrize("expect", [YES_NO, FREE])
def test_either_ear_alone_hears_everything(expect: Expect) -> None:
    assert heard(TwoEars(ScriptedEar(said("yes")), None), expect) == said("yes")
    assert heard(TwoEars(None, ScriptedEar(said("yes"))), expect) == said("yes")


def test_the_ear_with_the_grammar_alone_hears_again_without_it() -> None:
    closed = ScriptedEar()
    assert heard(TwoEars(closed, None), YES_NO) == ()
    assert closed.asked == [YES_NO, FREE]


def test_no_ear_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="ear"):
        TwoEars(None, None)


def test_captions_come_only_while_allowed_and_never_for_secrets() -> None:
    allowed = True
    captions = ScriptedEar(partial="i'd like")
    ears = TwoEars(ScriptedEar(), ScriptedEar(said("i'd like to book")), captions, lambda: allowed)
    assert ears.listen(FREE).accept(CHUNK) == "i'd like"
    assert ears.listen(Expect(secret=True)).accept(CHUNK) is None
    allowed = False
    assert ears.listen(FREE).accept(CHUNK) is None


def test_broken_captions_do_not_harm_hearing() -> None:
    ears = TwoEars(None, ScriptedEar(said("yes")), ScriptedEar(breaks=True), lambda: True)
    assert heard(ears, FREE) == said("yes")


def test_captions_that_fall_behind_are_given_up_for_the_utterance() -> None:
    """Each chunk of 20 ms takes them 130: after five they are 550 ms late, and the sixth is their last."""
    times = iter(range(0, 10_000, 130))
    captions = ScriptedEar(partial="i'd like")
    session = Captioned(ScriptedEar().listen(FREE), captions.listen(FREE), lambda: next(times) / 1000)
    words = [session.accept(CHUNK) for _ in range(9)]
    assert words == ["i'd like"] * 6 + [None] * 3
    assert CAPTIONS_BEHIND_MS == 600


def test_captions_that_keep_pace_stay() -> None:
    times = iter(range(0, 10_000, 20))
    session = Captioned(ScriptedEar().listen(FREE), ScriptedEar(partial="i'd").listen(FREE), lambda: next(times) / 1000)
    assert all(session.accept(CHUNK) == "i'd" for _ in range(100))


def test_scraps_of_a_whole_phrase_are_not_believed_at_a_pause() -> None:
    """A sentence against a grammar of phrases gives scraps of them; the free ear tells what it is so far."""
    closed, free = ScriptedEar(said("do you no")), ScriptedEar(said("do you know"))
    recognizer = TwoEars(closed, free).listen(Expect("yes_no", ("no", "yes please")))
    assert recognizer.glimpse()[0].text == "do you know"
    whole = TwoEars(ScriptedEar(said("yes please")), free).listen(Expect("yes_no", ("no", "yes please")))
    assert whole.glimpse()[0].text == "yes please"
