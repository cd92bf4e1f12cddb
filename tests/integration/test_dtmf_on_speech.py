from pathlib import Path

import numpy as np
import pytest

from bot.audio.dtmf import DtmfDetector
from bot.audio.pcm import resample, to_pcm

pytestmark = pytest.mark.integration
SPEECH = Path(__file__).parents[2] / ".." / "shared" / "speech"


@pytest.mark.skipif(not SPEECH.is_dir(), reason="needs the recordings of people beside the checkout")
def test_people_who_speak_press_no_keys():
    import soundfile

    detector, seconds, digits = DtmfDetector(), 0.0, ""
    for path in sorted(SPEECH.rglob("*.wav")):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        speech = resample(np.ascontiguousarray(samples[:, 0]), rate, 16_000)
        digits += detector.hear(to_pcm(speech))
        seconds += len(speech) / 16_000
    assert seconds > 300
    assert digits == ""
