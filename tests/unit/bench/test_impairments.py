"""What simulated lines and rooms do to a voice."""

import numpy as np
import pytest

from bot.audio.pcm import level_dbfs, to_pcm, to_samples
from bot.bench.impairments import CLEAN, CONDITIONS, LOOP_S, Condition, Impaired, background
from bot.bench.speech import Clip
from bot.events import CHUNK_BYTES, SAMPLE_RATE, SAMPLE_WIDTH

VOICE = Clip("aah", to_pcm((0.2 * np.sin(np.arange(SAMPLE_RATE) / 8)).astype(np.float32)))


def chunk(number):
    return bytes([number % 256, number // 256]) * (CHUNK_BYTES // 2)


@pytest.mark.parametrize("condition", [one for one in CONDITIONS if one.noise != "quiet"], ids=lambda one: one.name)
def test_noise_is_as_loud_as_was_asked_for(condition):
    noise = to_samples(background(condition, [VOICE]))
    assert level_dbfs(noise) == pytest.approx(level_dbfs(to_samples(VOICE.pcm)) - condition.snr_db, abs=4)
    assert len(noise) == LOOP_S * SAMPLE_RATE


def test_the_same_seed_makes_the_same_noise():
    street = Condition("street", "street", 10)
    assert background(street, [VOICE], 1) == background(street, [VOICE], 1) != background(street, [VOICE], 2)
    assert len(background(CLEAN, [VOICE])) == LOOP_S * SAMPLE_RATE * SAMPLE_WIDTH


def test_a_clean_line_changes_nothing():
    line = Impaired(CLEAN)
    assert [line.put(chunk(number)) for number in range(50)] == [[chunk(number)] for number in range(50)]


def test_jitter_delays_in_bursts_and_loses_nothing():
    line = Impaired(Condition("jitter", jitter_ms=200), seed=1)
    arrived = [line.put(chunk(number)) for number in range(500)]
    assert [one for burst in arrived for one in burst][:480] == [chunk(number) for number in range(480)]
    assert max(map(len, arrived)) > 3
    assert [] in arrived


def test_a_lost_packet_is_heard_as_the_last_one_fading():
    line = Impaired(Condition("loss", loss=0.5), seed=1)
    loud = to_pcm(np.full(CHUNK_BYTES // 2, 0.5, np.float32))
    levels = {round(level_dbfs(to_samples(line.put(loud)[0]))) for _ in range(100)}
    assert -6 in levels
    assert len(levels) > 2  # losses in a row fade further
