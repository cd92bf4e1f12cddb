"""What is taken down at the caller's end, event by event."""

import numpy as np
import pytest

from bot.audio.pcm import to_pcm
from bot.bench.line import Sound
from bot.bench.speech import Clip
from bot.bench.tally import Tally
from bot.bench.timing import Saying, Stopwatch
from bot.events import CHUNK_BYTES, SAMPLE_RATE

LOUD = to_pcm(np.full(CHUNK_BYTES // 2, 0.3, np.float32))
TWO_SECONDS = Clip("When are you open?", to_pcm(np.full(2 * SAMPLE_RATE, 0.3, np.float32)))


@pytest.fixture
def watch():
    return Stopwatch(Tally(), [])


def bot_speaks(watch, began, ended):
    for number in range(round((ended - began) / 0.02)):
        watch.hear(Sound(LOUD, SAMPLE_RATE), began + 0.02 * number)


def tally_of(watch):
    return watch._tally


def test_a_reply_is_timed_from_the_last_sample_to_the_first_sound(watch):
    watch.awaited = Saying(TWO_SECONDS, 10.0, "free")
    bot_speaks(watch, 12.4, 12.6)
    assert tally_of(watch).replies["free"] == [pytest.approx(400)]


def test_a_short_false_start_cuts_off_and_does_not_talk_over(watch):
    watch.saying = Saying(TWO_SECONDS, 10.0, "paused")
    bot_speaks(watch, 11.0, 11.2)
    watch.note_stop(11.2, at_once=True)
    assert (tally_of(watch).cut_off["paused"], tally_of(watch).talked_over) == (1, 0)


def test_who_goes_on_speaking_talks_over(watch):
    watch.saying = Saying(TWO_SECONDS, 10.0, "paused")
    bot_speaks(watch, 11.0, 11.6)
    assert (tally_of(watch).cut_off["paused"], tally_of(watch).talked_over) == (1, 1)


def test_an_interruption_is_over_when_the_last_sound_sent_has_been_played(watch):
    bot_speaks(watch, 9.0, 10.2)
    watch.saying = Saying(TWO_SECONDS, 10.0, "free", into_bot=True)
    watch.hear(Sound(LOUD * 2, SAMPLE_RATE), 10.2)
    watch.note_stop(10.21, at_once=False)
    assert tally_of(watch).barge_ins == [pytest.approx(240)]


def test_a_cough_that_stops_the_bot_is_told(watch):
    bot_speaks(watch, 9.0, 10.2)
    watch.noise = watch.saying = Saying(Clip("cough", TWO_SECONDS.pcm), 10.0, into_bot=True)
    watch.note_stop(10.2, at_once=True)
    assert tally_of(watch).stopped_by == ["cough"]


def test_on_loudspeaker_the_bots_own_echo_is_found_out(watch):
    watch.echoes = True
    bot_speaks(watch, 9.0, 10.0)
    watch.note_stop(9.9, at_once=True)
    assert tally_of(watch).stopped_by == ["echo"]
