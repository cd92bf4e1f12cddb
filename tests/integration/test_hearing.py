"""Real recordings through the real ears, and every kind of bad file through the door."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from bot.asr import ears
from bot.asr.ears import BOTH, ONLY_VOSK, ONLY_WHISPER, load_ears
from bot.asr.recognizer import Ear
from bot.asr.spoken import normalise
from bot.audio.pcm import Samples, chunks, level_dbfs, silence, to_pcm, to_samples
from bot.audio.vad import SpeechDetector
from bot.audio.wav import read_audio, write_wav
from bot.commands.hearing import transcribe
from bot.config import load_settings
from bot.errors import AudioError, ConfigError, ModelError
from bot.events import FREE, SAMPLE_RATE, Expect
from tests.telephone import RECORDINGS, over_the_phone, recordings, white

pytestmark = pytest.mark.integration
YES_NO = Expect("yes_no", ("yes", "no", "yes please", "no thank you"))
needs_recordings = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of people are not here")


@cache
def loaded(which: str) -> tuple[Ear, str]:
    try:
        return load_ears(which, load_settings().models)
    except ModelError as missing:
        pytest.skip(f"the speech models are not here: {missing.message}")


def heard(which: str, voice: Samples, expect: Expect = FREE) -> str:
    recognizer = loaded(which)[0].listen(expect)
    for chunk in chunks(to_pcm(voice)):
        recognizer.accept(chunk)
    hypotheses = recognizer.finish()
    return hypotheses[0].text if hypotheses else ""


def recorded(name: str) -> Samples:
    return to_samples(read_audio(RECORDINGS / name))


@needs_recordings
@pytest.mark.parametrize(("which", "every", "most_percent"), [("two", 12, 6.0), ("vosk", 12, 30.0)])
def test_words_of_people_on_the_telephone_are_understood(which: str, every: int, most_percent: float) -> None:
    chosen = [r for r in recordings() if r.kind == "asterisk_en" and r.seconds < 6][::every]
    wanted = [normalise(r.text) for r in chosen]
    got = [heard(which, over_the_phone(recorded(r.name))) for r in chosen]
    assert 100 * jiwer.wer(wanted, got) <= most_percent


@needs_recordings
def test_a_closed_question_is_answered_from_its_grammar() -> None:
    suits = tuple(
        f"{value} of {suit}" for value in ("seven", "eleven", "ten") for suit in ("clubs", "hearts", "spades")
    )
    assert heard("vosk", recorded("cards/003.wav"), Expect("choice", suits)) == "seven of clubs"


@needs_recordings
def test_an_answer_outside_the_grammar_is_heard_all_the_same() -> None:
    said = heard("two", recorded("stp/what_s_the_weather_like_in_new_york.wav"), YES_NO)
    assert "new york" in said


@needs_recordings
def test_words_have_times_inside_the_utterance_in_order() -> None:
    voice = recorded("stp/set_a_timer_for_30_seconds.wav")
    recognizer = loaded("whisper")[0].listen(FREE)
    for chunk in chunks(to_pcm(voice)):
        recognizer.accept(chunk)
    best = recognizer.finish()[0]
    assert [word.text for word in best.words] == best.text.split()
    starts = [word.start_ms for word in best.words]
    assert starts == sorted(starts)
    assert all(0 <= w.start_ms <= w.end_ms <= 1000 * len(voice) // 16_000 + 20 for w in best.words)
    assert all(0 <= w.confidence <= 1 for w in best.words)


@pytest.mark.parametrize("which", ["two", "vosk", "whisper"])
@pytest.mark.parametrize("sound", [np.zeros(32_000, np.float32), white(2), np.zeros(0, np.float32)])
def test_silence_and_noise_have_no_words(which: str, sound: Samples) -> None:
    assert heard(which, sound) in ("", "the", "huh")  # the last two: Vosk without a grammar, on hiss


def test_a_grammar_of_words_unknown_to_vosk_does_not_crash_it() -> None:
    assert heard("vosk", white(0.5), Expect("choice", ("zzyzx",))) in ("", "the", "huh")


@needs_recordings
def test_captions_go_on_after_vosk_closed_a_sentence_at_a_pause() -> None:
    loaded("two")  # skips without models
    recognizer = load_ears("two", load_settings().models, captions_allowed=lambda: True)[0].listen(FREE)
    word = over_the_phone(recorded("stp/nevermind.wav"))
    said = to_pcm(word) + bytes(2 * SAMPLE_RATE * 3) + to_pcm(word)
    shown = [recognizer.accept(chunk) or "" for chunk in chunks(said)]
    before_the_pause_ends = shown[len(shown) // 2]
    assert before_the_pause_ends
    assert shown[-1].startswith(before_the_pause_ends)
    assert len(shown[-1]) > len(before_the_pause_ends)


@pytest.mark.parametrize(("which", "sentence"), [("auto", BOTH), ("vosk", ONLY_VOSK), ("whisper", ONLY_WHISPER)])
def test_which_ears_were_found_is_said_in_words(which: str, sentence: str) -> None:
    assert loaded(which)[1] == sentence


def test_no_model_at_all_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "FOLDER", tmp_path)
    with pytest.raises(ModelError, match="frontdesk models fetch"):
        load_ears("auto", tmp_path)
    with pytest.raises(ConfigError, match="auto, two, vosk, whisper"):
        load_ears("three", tmp_path)


def test_a_model_that_is_not_in_the_folder_of_the_setting_is_taken_from_our_own(tmp_path: Path) -> None:
    loaded("two")  # skips without models
    assert load_ears("vosk", tmp_path / "elsewhere")[1] == ONLY_VOSK


def test_a_broken_model_is_done_without_unless_it_was_asked_for(tmp_path: Path) -> None:
    loaded("two")  # skips without models
    for model in load_settings().models.glob("*-*"):
        (tmp_path / model.name).symlink_to(model)
    (tmp_path / "whisper-tiny.en").unlink()
    (tmp_path / "whisper-tiny.en").mkdir()
    (tmp_path / "whisper-tiny.en/model.bin").write_bytes(b"no model")
    said = load_ears("auto", tmp_path)[1]
    assert said == f"The Whisper model is broken; run `frontdesk models fetch`. {ONLY_VOSK}"
    for asked_for in ("two", "whisper"):
        with pytest.raises(ModelError, match="Whisper model is broken"):
            load_ears(asked_for, tmp_path)


@needs_recordings
def test_a_voice_is_detected_and_its_end_is_sharp() -> None:
    pause = np.zeros(SAMPLE_RATE, np.float32)
    voice = np.concatenate([pause, over_the_phone(recorded("stp/nevermind.wav")), pause])
    detector = SpeechDetector()
    called = [detector.is_speech(chunk) for chunk in chunks(to_pcm(voice))]
    assert sum(called) >= 15
    assert not any(called[:45])
    assert not any(called[-40:])


def test_white_noise_is_no_speech() -> None:
    detector = SpeechDetector()
    assert not any(detector.is_speech(chunk) for chunk in chunks(to_pcm(white(3))))


# Files at the door ------------------------------------------------------------------


def tone(rate: int, seconds: float = 0.5) -> Samples:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_U8", "FLOAT", "ULAW"])
def test_every_rate_and_sample_format_becomes_the_same_sound(tmp_path: Path, rate: int, subtype: str) -> None:
    soundfile.write(tmp_path / "a.wav", tone(rate), rate, subtype=subtype)
    pcm = read_audio(tmp_path / "a.wav")
    assert len(pcm) / 32 == pytest.approx(500, abs=2)  # 16-bit at 16 kHz: 32 bytes a millisecond
    assert level_dbfs(to_samples(pcm)) == pytest.approx(level_dbfs(tone(16_000)), abs=0.5)


def test_a_dead_second_channel_does_not_halve_the_voice(tmp_path: Path) -> None:
    voice = tone(16_000)
    soundfile.write(tmp_path / "a.wav", np.stack([voice, np.zeros_like(voice)], axis=1), 16_000)
    assert level_dbfs(to_samples(read_audio(tmp_path / "a.wav"))) == pytest.approx(level_dbfs(voice), abs=0.1)


def test_broken_numbers_become_silence(tmp_path: Path) -> None:
    voice = tone(16_000)
    voice[100:110] = np.nan
    soundfile.write(tmp_path / "a.wav", voice, 16_000, subtype="FLOAT")
    assert len(read_audio(tmp_path / "a.wav")) == 2 * len(voice)


BAD_FILES: dict[str, Callable[[Path], object]] = {
    "audio.missing": lambda path: None,
    "audio.empty": lambda path: path.touch(),
    "audio.broken": lambda path: path.write_bytes(b"RIFF not a sound file at all"),
    "audio.silent": lambda path: write_wav(path, silence(1_000)),
}


@pytest.mark.parametrize("code", BAD_FILES)
def test_a_bad_file_is_refused_with_a_sentence(tmp_path: Path, code: str) -> None:
    path = tmp_path / "a.wav"
    BAD_FILES[code](path)
    with pytest.raises(AudioError) as refused:
        read_audio(path)
    assert refused.value.code == code
    assert "a.wav" in refused.value.message


def test_a_header_without_sound_is_empty(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", b"")
    with pytest.raises(AudioError, match="no sound"):
        read_audio(tmp_path / "a.wav")


def test_what_is_written_is_read_back_unchanged(tmp_path: Path) -> None:
    pcm = to_pcm(tone(16_000))
    write_wav(tmp_path / "a.wav", pcm)
    assert read_audio(tmp_path / "a.wav") == pcm


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as refused:
        write_wav(tmp_path / "none" / "a.wav", silence(20))
    assert refused.value.code == "audio.unwritable"


# The command ------------------------------------------------------------------------------


@needs_recordings
def test_transcribe_prints_one_json_document_with_an_object_per_file() -> None:
    loaded("two")
    files = [str(RECORDINGS / "cards/003.wav"), str(RECORDINGS / "stp/nevermind.wav")]
    result = CliRunner().invoke(transcribe, [*files, "--json"])
    assert result.exit_code == 0
    items = json.loads(result.stdout)
    assert [item["text"] for item in items] == ["seven of clubs", "never mind"]
    assert all({"path", "text", "confidence", "words", "ms"} <= item.keys() for item in items)
    assert set(items[0]["words"][0]) == {"word", "start_ms", "end_ms", "confidence"}


@needs_recordings
def test_transcribe_hears_digits_when_it_expects_them() -> None:
    loaded("two")
    result = CliRunner().invoke(transcribe, [str(RECORDINGS / "fsdd/0_george_1.wav"), "--expect", "digits", "--json"])
    assert json.loads(result.stdout)[0]["text"] == "zero"


@needs_recordings
def test_one_bad_file_does_not_hide_the_others_but_fails_the_command(tmp_path: Path) -> None:
    loaded("two")
    bad = tmp_path / "bad.wav"
    bad.touch()
    result = CliRunner().invoke(transcribe, [str(bad), str(RECORDINGS / "cards/003.wav"), "--json"])
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)
    assert first["error"]["code"] == "audio.empty"
    assert second["text"] == "seven of clubs"
