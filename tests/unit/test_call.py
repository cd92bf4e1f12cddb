"""The spine, event by event: who is speaking now, and what becomes of words and replies."""

import pytest

from bot.call import Call
from bot.events import (
    Answered,
    Apologize,
    AudioChunk,
    CallerHungUp,
    DigitPressed,
    Digits,
    Excuse,
    Expect,
    Failed,
    FinishedSpeaking,
    FinishUtterance,
    Glimpse,
    Glimpsed,
    HandOver,
    HangUp,
    Hypothesis,
    Listen,
    Recognize,
    Replied,
    ResumeSpeaking,
    Say,
    Silence,
    StartedSpeaking,
    StopRecording,
    StopSpeaking,
    TakenOver,
    Think,
    Transcript,
    Transfer,
    Utterance,
)

LOUD, QUIET = b"\x01" * 640, b"\x00" * 640  # 20 ms at 16 kHz
QUESTION = Say("What day would suit you?")
NEWS = Say("You are booked for Tuesday.", interruptible=False)


def new_call(is_complete=lambda text, expect: not text.endswith(" of")) -> Call:
    def patience(text, expect):
        return 0 if is_complete(text, expect) else expect.patience_ms

    call = Call(is_speech=lambda chunk: any(chunk.pcm), patience=patience)
    call.handle(Answered("+15550100"))
    return call


def asked(*actions) -> Call:
    """A call in which the bot has just finished saying `actions`."""
    call = new_call()
    effects = call.handle(Replied(0, actions or (QUESTION,)))
    while says := [effect for effect in effects if isinstance(effect, Say)]:
        call.handle(StartedSpeaking(says[0]))
        effects = call.handle(FinishedSpeaking(says[0]))
    return call


def hear(call, ms, pcm=LOUD):
    effects = []
    for _ in range(ms // 20):
        effects += call.handle(AudioChunk(pcm))
    return [effect for effect in effects if not isinstance(effect, Recognize)]


def heard(text, confidence=0.9):
    return (Hypothesis(text, confidence),)


def kinds(effects):
    return [type(effect) for effect in effects]


def test_the_greeting_is_said_and_what_follows_waits_for_it():
    call = new_call()
    assert call.handle(Replied(0, (Say("Good morning."), QUESTION, Listen(Expect("date"))))) == [
        Listen(Expect("date")),
        Say("Good morning."),
    ]
    assert call.expect == Expect("date")
    assert call.handle(FinishedSpeaking(Say("Good morning."))) == [QUESTION]


def test_a_complete_answer_ends_the_turn_at_the_glimpse():
    call = asked()
    hear(call, 500)
    assert hear(call, 200, QUIET) == [Glimpse(1)]
    assert call.handle(Glimpsed(1, heard("on tuesday"))) == [FinishUtterance(1, 0, 500)]
    assert call.handle(Transcript(1, heard("on tuesday"))) == [Think(1, Utterance(heard("on tuesday")))]


def test_last_words_that_the_first_look_missed_are_seen_by_the_second():
    call = new_call(is_complete=lambda text, expect: not text.endswith(" nineteen"))
    call.handle(Replied(0, ()))
    hear(call, 500)
    hear(call, 200, QUIET)
    assert call.handle(Glimpsed(1, heard("third of may nineteen"))) == []
    assert hear(call, 80, QUIET) == [Glimpse(1)]
    assert call.handle(Glimpsed(1, heard("third of may nineteen eighty"))) == [FinishUtterance(1, 0, 500)]


def test_an_incomplete_answer_waits_on_and_keeps_its_second_half():
    call = asked()
    hear(call, 500)
    hear(call, 200, QUIET)
    assert call.handle(Glimpsed(1, heard("on the fourteenth of"))) == []
    assert hear(call, 300) == []
    assert hear(call, 200, QUIET) == [Glimpse(1)]
    assert kinds(call.handle(Glimpsed(1, heard("on the fourteenth of march")))) == [FinishUtterance]


def test_a_glimpse_that_comes_when_the_caller_speaks_again_decides_nothing():
    call = asked()
    hear(call, 500)
    hear(call, 200, QUIET)
    hear(call, 100)
    assert call.handle(Glimpsed(1, heard("on tuesday"))) == []


def test_the_recogniser_gets_the_time_before_speech_was_certain():
    call = asked(QUESTION, Listen(Expect("date")))
    for _ in range(50):
        call.handle(AudioChunk(QUIET))
    first = [call.handle(AudioChunk(LOUD)) for _ in range(4)][-1]
    assert first[0] == Recognize(AudioChunk(QUIET), starts=Expect("date"))
    assert len(first) == (300 + 80) // 20
    assert all(effect.starts is None for effect in first[1:])


class Ears:
    """Takes nobody for the caller until told so."""

    def __init__(self):
        self.is_caller, self.own, self.asked = False, 0, 0

    def spoke(self, pcm):
        self.own += 1

    def by_caller(self, pcm):
        self.asked += 1
        return self.is_caller


def test_who_is_not_the_caller_does_not_stop_the_bot_and_is_judged_again_while_they_speak_on():
    judge = Ears()
    call = Call(lambda chunk: any(chunk.pcm), lambda text, expect: 0, judge=judge)
    call.handle(Replied(0, (QUESTION,)))
    call.handle(StartedSpeaking(QUESTION))
    hear(call, 1000, QUIET)
    assert hear(call, 160 + 60 + 60) == []
    assert judge.asked == 3
    judge.is_caller = True
    assert hear(call, 60) == [StopSpeaking()]


def test_while_the_bot_is_silent_everybody_is_the_caller_and_shows_how_loud_they_are():
    judge = Ears()
    call = Call(lambda chunk: any(chunk.pcm), lambda text, expect: 0, judge=judge)
    call.handle(Replied(0, (QUESTION,)))
    call.handle(FinishedSpeaking(QUESTION))
    hear(call, 80 + 200)
    assert judge.asked == 0
    assert judge.own == 10
    assert hear(call, 120, QUIET) == [Glimpse(1)]


def test_barge_in_stops_the_bot_and_tells_how_much_was_heard():
    call = new_call()
    call.handle(Replied(0, (QUESTION,)))
    call.handle(StartedSpeaking(QUESTION))
    hear(call, 1000, QUIET)
    assert hear(call, 400) == [StopSpeaking()]
    hear(call, 200, QUIET)
    call.handle(Glimpsed(1, heard("book me in")))
    assert call.handle(Transcript(1, heard("book me in"))) == [Think(1, Utterance(heard("book me in"), 1160))]


def test_a_cough_that_stopped_the_bot_lets_it_go_on_where_it_was():
    call = new_call()
    call.handle(Replied(0, (QUESTION,)))
    call.handle(StartedSpeaking(QUESTION))
    hear(call, 1000, QUIET)
    hear(call, 200)
    assert kinds(hear(call, 800, QUIET)) == [Glimpse, Glimpse, FinishUtterance]
    assert call.handle(Transcript(1, ())) == [ResumeSpeaking(QUESTION, 860)]


def test_a_murmur_lets_it_go_on_too_but_a_yes_to_a_question_answers():
    call = new_call()
    call.handle(Replied(0, (QUESTION,)))
    hear(call, 200)
    hear(call, 800, QUIET)
    assert kinds(call.handle(Transcript(1, heard("mm-hm")))) == [ResumeSpeaking]
    call = new_call()
    call.handle(Replied(0, (Say("Is that right?"), Listen(Expect("yes_no")))))
    hear(call, 200)
    hear(call, 800, QUIET)
    assert kinds(call.handle(Transcript(1, heard("yes")))) == [Think]


def test_a_notice_that_must_be_heard_is_not_interrupted_but_the_words_are_kept():
    call = new_call()
    call.handle(Replied(0, (NEWS,)))
    assert hear(call, 1000) == []
    hear(call, 200, QUIET)
    assert kinds(call.handle(Glimpsed(1, heard("thank you")))) == [FinishUtterance]
    assert kinds(call.handle(Transcript(1, heard("thank you")))) == [Think]
    assert call.handle(Replied(1, (Say("Anything else?"),))) == []
    assert call.handle(FinishedSpeaking(NEWS)) == [Say("Anything else?")]


def answered_then_speaking_on(reply):
    """The caller said something, was understood, and speaks on before the reply comes."""
    call = asked()
    hear(call, 500)
    hear(call, 800, QUIET)
    call.handle(Transcript(1, heard("book me in")))
    hear(call, 300)
    assert call.handle(Replied(1, reply)) == []
    hear(call, 800, QUIET)
    return call


def test_a_reply_gone_stale_is_dropped_when_words_came_and_the_whole_is_answered():
    call = answered_then_speaking_on((Say("stale"),))
    assert call.handle(Transcript(2, heard("with anna"))) == [Think(2, Utterance(heard("book me in with anna")))]


def test_a_reply_is_not_lost_to_a_cough():
    call = answered_then_speaking_on((Say("still right"),))
    assert call.handle(Transcript(2, ())) == [Say("still right")]


def test_a_reply_that_did_something_is_heard_even_when_stale():
    call = answered_then_speaking_on((NEWS, Say("Anything else?"), Listen(Expect("yes_no"))))
    effects = call.handle(Transcript(2, heard("and one more thing")))
    assert kinds(effects) == [Listen, Say, Think]
    assert effects[1] == NEWS


def test_a_pause_for_thought_does_not_lose_the_first_half():
    call = asked()
    hear(call, 500)
    hear(call, 800, QUIET)
    hear(call, 500)  # goes on before the first half was transcribed
    assert call.handle(Transcript(1, heard("i would like to come"))) == []
    hear(call, 800, QUIET)
    joined = Hypothesis("i would like to come on tuesday", 0.8)
    assert call.handle(Transcript(2, heard("on tuesday", 0.8))) == [Think(2, Utterance((joined,)))]


def test_a_mumble_is_asked_about_and_a_click_is_not():
    call = asked()
    hear(call, 700)
    hear(call, 800, QUIET)
    assert call.handle(Transcript(1, ())) == [Think(1, Utterance(()))]
    call = asked()
    hear(call, 100)
    hear(call, 800, QUIET)
    assert call.handle(Transcript(1, ())) == []


def test_long_silence_is_told_but_not_while_the_answer_is_being_thought_of():
    call = asked()
    assert hear(call, 6000, QUIET) == [Think(1, Silence())]
    assert hear(call, 12_000, QUIET) == []


def test_a_keypad_menu_answers_at_once_and_cuts_the_prompt():
    call = new_call()
    menu = Say("Press one to confirm")
    call.handle(Replied(0, (menu, Listen(Expect("yes_no", digits=1)))))
    assert call.handle(DigitPressed("1")) == [StopSpeaking(), Think(1, Digits("1"))]


def test_a_number_ends_with_hash_or_a_pause_and_star_corrects_it():
    call = asked()
    for digit in "55*07":
        assert call.handle(DigitPressed(digit)) == []
    assert call.handle(DigitPressed("#")) == [Think(1, Digits("07"))]
    call = asked()
    call.handle(DigitPressed("0"))
    assert hear(call, 2500, QUIET) == [Think(1, Digits("0"))]


def test_hash_after_a_number_that_was_complete_is_a_habit_and_no_answer():
    call = new_call()
    call.handle(Replied(0, (Say("Press one to confirm"), Listen(Expect("yes_no", digits=1)))))
    call.handle(DigitPressed("1"))
    assert call.handle(DigitPressed("#")) == []
    assert call.handle(DigitPressed("#")) == [Think(2, Digits("#"))]


def test_star_and_hash_alone_are_keys_of_their_own():
    assert asked().handle(DigitPressed("*")) == [Think(1, Digits("*"))]
    assert asked().handle(DigitPressed("#")) == [Think(1, Digits("#"))]


@pytest.mark.parametrize("ending", [HangUp(), Transfer("reception", "asked for a person", "T1")])
def test_the_call_ends_only_after_the_last_sentence(ending):
    call = new_call()
    bye = Say("Goodbye.", interruptible=False)
    assert call.handle(Replied(0, (bye, ending))) == [bye]
    assert not call.is_over
    assert call.handle(FinishedSpeaking(bye)) == [ending]
    assert call.is_over


def test_a_caller_who_hangs_up_ends_it_at_once():
    call = asked()
    assert call.handle(CallerHungUp()) == [StopSpeaking()]
    assert call.is_over


def test_a_failing_ear_brings_a_person():
    call = asked()
    hear(call, 500)
    hear(call, 800, QUIET)
    assert call.handle(Failed("ears", "ears.slow")) == [Excuse(1, "ears.slow")]
    sorry = Say("I'm sorry.", interruptible=False)
    assert call.handle(Replied(1, (sorry, Transfer("reception", "fault", "T1")))) == [sorry]


def test_a_failing_voice_is_replaced_by_the_recording_and_the_ticket_is_kept():
    call = asked()
    sorry = Say("I'm sorry.", interruptible=False)
    call.handle(Failed("ears", "ears.broken"))
    call.handle(Replied(call.turn, (sorry, Transfer("reception", "fault", "T1"))))
    assert call.handle(Failed("mouth", "voice.broken")) == [Apologize(), Transfer("reception", "fault", "T1")]


def parked(*reply) -> Call:
    """The reply came while the caller spoke on."""
    call = asked()
    hear(call, 500)
    hear(call, 800, QUIET)
    call.handle(Transcript(1, heard("tuesday")))
    hear(call, 500)
    assert call.handle(Replied(1, reply)) == []
    return call


def test_who_does_not_want_to_be_recorded_is_not_even_when_a_part_fails_meanwhile():
    reply = StopRecording(), Say("This call is not recorded.", interruptible=False)
    assert parked(*reply).handle(Failed("ears", "ears.slow"))[0] == StopRecording()
    assert StopRecording() in parked(*reply).handle(TakenOver("asked by a colleague"))


def test_what_was_done_is_said_before_the_excuse_of_a_part_that_failed_meanwhile():
    call = parked(NEWS, QUESTION)
    assert call.handle(Failed("ears", "ears.slow")) == [Excuse(2, "ears.slow")]
    sorry = Say("I'm sorry.", interruptible=False)
    call.handle(Replied(2, (sorry, Transfer("reception", "fault", "T1"))))
    hear(call, 800, QUIET)
    assert call.handle(Transcript(2)) == [NEWS]
    assert call.handle(FinishedSpeaking(NEWS)) == [sorry]
    assert call.handle(FinishedSpeaking(sorry)) == [Transfer("reception", "fault", "T1")]


def test_what_was_done_is_said_before_a_colleague_takes_over():
    call = parked(NEWS, QUESTION)
    assert call.handle(TakenOver("asked")) == [StopSpeaking(), HandOver(3, "asked"), NEWS]
    joins = Say("A colleague takes over.", interruptible=False)
    assert call.handle(Replied(3, (joins, Transfer("reception", "asked", "T1")))) == []
    assert call.handle(FinishedSpeaking(NEWS)) == [joins]


def test_news_under_way_is_told_to_its_end_when_a_colleague_takes_over():
    call = new_call()
    call.handle(Replied(0, (NEWS, QUESTION)))
    assert call.handle(TakenOver("asked")) == [HandOver(1, "asked")]
    assert call.handle(FinishedSpeaking(NEWS)) == []


def test_a_failing_dialogue_still_ends_with_a_person():
    call = asked()
    assert call.handle(Failed("brain", "brain.broken")) == [Excuse(0, "brain.broken")]
    assert call.handle(Failed("brain", "store.gone")) == [Apologize(), Transfer("reception", "store.gone")]
    assert call.is_over


def test_a_number_begun_and_cleared_lets_the_bot_go_on():
    call = new_call()
    call.handle(Replied(0, (QUESTION,)))
    call.handle(StartedSpeaking(QUESTION))
    hear(call, 1000, QUIET)
    assert call.handle(DigitPressed("1")) == [StopSpeaking()]
    assert call.handle(DigitPressed("*")) == [ResumeSpeaking(QUESTION, 700)]


def test_a_key_answers_for_the_words_that_are_still_being_recognised():
    call = asked()
    hear(call, 500)
    hear(call, 800, QUIET)
    call.handle(DigitPressed("1"))
    assert call.handle(DigitPressed("#")) == [Think(2, Digits("1"))]
    assert call.handle(Transcript(1, heard("one"))) == []
    assert call.handle(Replied(2, (Say("Which day?"),))) == [Say("Which day?")]
    call.handle(FinishedSpeaking(Say("Which day?")))
    hear(call, 500)
    hear(call, 800, QUIET)
    assert call.handle(Transcript(3, heard("next tuesday"))) == [Think(3, Utterance(heard("next tuesday")))]


def test_a_key_pressed_in_mid_speech_is_an_answer_of_its_own():
    call = asked()
    hear(call, 500)
    call.handle(DigitPressed("1"))
    assert call.handle(DigitPressed("#")) == [Think(2, Digits("1"))]
    hear(call, 500)  # and the caller speaks on
    assert call.handle(Replied(2, (Say("Which day?"),))) == []
    hear(call, 800, QUIET)
    assert call.handle(Transcript(3, ())) == [Say("Which day?")]


def test_a_second_murmur_does_not_jump_back():
    call = new_call()
    call.handle(Replied(0, (QUESTION,)))
    for _ in range(2):
        call.handle(StartedSpeaking(QUESTION))
        hear(call, 1000, QUIET)
        hear(call, 200)
        hear(call, 800, QUIET)
        (resumed,) = call.handle(Transcript(call.turn, ()))
    assert resumed == ResumeSpeaking(QUESTION, 2 * 860)


def test_speech_without_end_is_a_turn_all_the_same():
    call = asked()
    assert kinds(hear(call, 25_000)) == [FinishUtterance]


def test_an_excuse_without_words_still_leads_to_people():
    call = asked()
    call.handle(Failed("ears", "ears.slow"))
    assert call.handle(Replied(0, ())) == [Apologize(), Transfer("reception", "dialogue.silent")]
    assert call.is_over


def test_words_after_the_last_sentence_has_begun_do_not_break_the_transfer():
    call = asked()
    sorry = Say("I'm sorry.", interruptible=False)
    call.handle(Failed("ears", "ears.slow"))
    call.handle(Replied(0, (sorry, Transfer("reception", "fault", "T1"))))
    hear(call, 500)
    hear(call, 800, QUIET)
    call.handle(Transcript(1, heard("hello")))
    assert call.handle(Replied(1, ())) == []
    assert call.handle(FinishedSpeaking(sorry)) == [Transfer("reception", "fault", "T1")]


# A caller who goes on when the bot was too quick -------------------------------------


def answered_too_soon(*reply) -> tuple[Call, list]:
    """The caller paused in mid-sentence, was taken to be done, and is being answered."""
    call = asked()
    hear(call, 500)
    hear(call, 200, QUIET)
    call.handle(Glimpsed(1, heard("i'd like to book a check-up")))
    call.handle(Transcript(1, heard("i'd like to book a check-up")))
    effects = call.handle(Replied(1, reply or (QUESTION, Listen(Expect("date")))))
    return call, effects


def goes_on(call, text="next wednesday"):
    effects = hear(call, 400)
    effects += hear(call, 200, QUIET)
    effects += call.handle(Glimpsed(2, heard(text)))
    return effects + call.handle(Transcript(2, heard(text)))


def test_who_goes_on_into_a_reply_that_hardly_began_is_answered_as_one_sentence():
    call, _ = answered_too_soon()
    call.handle(StartedSpeaking(QUESTION))
    effects = goes_on(call)
    assert effects[0] == StopSpeaking()
    assert effects[-1].heard.text == "i'd like to book a check-up next wednesday"


def test_the_bot_gives_way_sooner_when_it_has_hardly_begun():
    call, _ = answered_too_soon()
    call.handle(StartedSpeaking(QUESTION))
    assert StopSpeaking() in hear(call, 80)
    call, _ = answered_too_soon()
    call.handle(StartedSpeaking(QUESTION))
    hear(call, 600, QUIET)
    assert hear(call, 80) == []


def test_who_speaks_when_the_reply_was_under_way_for_a_while_says_something_new():
    call, _ = answered_too_soon()
    call.handle(StartedSpeaking(QUESTION))
    hear(call, 600, QUIET)
    assert goes_on(call)[-1].heard.text == "next wednesday"


def test_who_goes_on_before_the_reply_is_there_is_answered_as_one_sentence():
    call = asked()
    hear(call, 500)
    hear(call, 200, QUIET)
    call.handle(Glimpsed(1, heard("how much would it cost")))
    call.handle(Transcript(1, heard("how much would it cost")))
    hear(call, 400)
    assert call.handle(Replied(1, (QUESTION,))) == []
    hear(call, 200, QUIET)
    call.handle(Glimpsed(2, heard("to have my teeth whitened")))
    think = call.handle(Transcript(2, heard("to have my teeth whitened")))[-1]
    assert think.heard.text == "how much would it cost to have my teeth whitened"


def test_what_a_reply_did_stays_done_and_words_after_it_are_new():
    call, _ = answered_too_soon(NEWS)
    call.handle(StartedSpeaking(NEWS))
    assert goes_on(call, "thank you")[-1].heard.text == "thank you"


def test_a_yes_is_whole_whatever_follows():
    call = asked(QUESTION, Listen(Expect("yes_no")))
    hear(call, 300)
    hear(call, 200, QUIET)
    call.handle(Glimpsed(1, heard("yes")))
    call.handle(Transcript(1, heard("yes")))
    call.handle(Replied(1, (QUESTION, Listen(Expect("date")))))
    assert goes_on(call, "tuesday")[-1].heard.text == "tuesday"


def test_a_cough_into_a_reply_that_hardly_began_withdraws_nothing():
    call, _ = answered_too_soon()
    call.handle(StartedSpeaking(QUESTION))
    hear(call, 100)
    hear(call, 1000, QUIET)
    assert call.handle(Transcript(2)) == [ResumeSpeaking(QUESTION, 0)]


def test_three_pieces_of_a_sentence_are_one():
    call, _ = answered_too_soon()
    call.handle(StartedSpeaking(QUESTION))
    goes_on(call, "next wednesday")
    call.handle(Replied(2, (QUESTION,)))
    hear(call, 400)
    hear(call, 200, QUIET)
    call.handle(Glimpsed(3, heard("in the afternoon")))
    think = call.handle(Transcript(3, heard("in the afternoon")))[-1]
    assert think.heard.text == "i'd like to book a check-up next wednesday in the afternoon"


def test_a_whole_sentence_that_likes_to_go_on_gets_a_little_patience():
    call = Call(is_speech=lambda chunk: any(chunk.pcm), patience=lambda text, expect: 400)
    call.handle(Answered("+15550100"))
    call.handle(Replied(0, ()))
    hear(call, 500)
    hear(call, 200, QUIET)
    assert call.handle(Glimpsed(1, heard("how much would it cost"))) == []
    assert hear(call, 180, QUIET) == [Glimpse(1)]
    assert kinds(hear(call, 20, QUIET)) == [FinishUtterance]
