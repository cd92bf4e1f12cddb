"""Real voices, a real server that breaks off, and the commands around them."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import os
import re
import sys
import threading
import wave
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.audio.pcm import to_samples
from bot.cli import cli
from bot.config import Settings
from bot.errors import ModelError, VoiceError
from bot.events import SAMPLE_RATE
from bot.models.models import SpeechModel, broken_files, fetch
from bot.models.sources import ModelFile, Source, download
from bot.tts.hibari import HibariVoice
from bot.tts.loudness import TARGET_DBFS, active_level, frame_levels
from bot.tts.pyttsx3 import Pyttsx3Voice
from bot.tts.voice import Voice
from bot.tts.voices import load_voice

pytestmark = pytest.mark.integration

SENTENCE = "You are booked for Tuesday, at half past two."


@pytest.fixture(scope="module")
def hibari() -> HibariVoice:
    return HibariVoice()


@pytest.fixture(scope="module")
def espeak() -> Iterator[Pyttsx3Voice]:
    voice = Pyttsx3Voice()
    yield voice
    voice.close()


@pytest.fixture(params=["hibari", "espeak"])
def voice(request: pytest.FixtureRequest) -> Voice:
    found: Voice = request.getfixturevalue(request.param)
    return found


def said(voice: Voice, text: str, speed: float = 1.0) -> bytes:
    return b"".join(voice.synthesize(text, speed))


# Voices ------------------------------------------------------------------------------


def test_every_voice_is_equally_loud_and_begins_at_once(voice: Voice) -> None:
    samples = to_samples(said(voice, SENTENCE))
    assert 1.5 < len(samples) / SAMPLE_RATE < 5
    assert active_level(samples) == pytest.approx(TARGET_DBFS, abs=1)
    assert frame_levels(samples)[:10].max() > -50


def test_slower_is_longer(voice: Voice) -> None:
    assert len(said(voice, SENTENCE, 0.7)) > 1.2 * len(said(voice, SENTENCE))


def test_the_same_words_sound_the_same(hibari: HibariVoice) -> None:
    assert said(hibari, SENTENCE) == said(hibari, SENTENCE)


@pytest.mark.parametrize("text", ["", "   ", "…", "!?"])
def test_nothing_to_say_is_no_error(voice: Voice, text: str) -> None:
    assert len(said(voice, text)) < SAMPLE_RATE


def test_many_callers_hear_their_own_words(voice: Voice) -> None:
    texts = ["Yes.", "This is for you.", "This one is for another caller, who waited."] * 4
    alone = [len(said(voice, text)) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda text: len(said(voice, text)), texts))
    assert together == pytest.approx(alone, rel=0.05)


def test_hibari_gives_the_first_sentence_before_the_second(hibari: HibariVoice) -> None:
    pieces = list(hibari.synthesize("Which day would suit you? I have Tuesday and Friday."))
    assert len(pieces) == 2


def test_a_crash_of_the_fall_back_is_not_heard(espeak: Pyttsx3Voice) -> None:
    before = len(said(espeak, SENTENCE))
    assert espeak._process is not None
    espeak._process.kill()
    espeak._process.wait()
    assert len(said(espeak, SENTENCE)) == pytest.approx(before, rel=0.05)


READY = '{"ok": true}'
HANGING = f"import sys, time; print({READY!r}, flush=True); sys.stdin.readline(); time.sleep(60)"


def test_a_fall_back_that_hangs_is_given_up() -> None:
    voice = Pyttsx3Voice((sys.executable, "-c", HANGING), timeout_s=0.3)
    with pytest.raises(VoiceError) as raised:
        said(voice, SENTENCE)
    assert raised.value.code == "voice.failed"
    voice.close()
    with pytest.raises(VoiceError):
        Pyttsx3Voice((sys.executable, "-c", "raise SystemExit(1)"))


def test_the_voice_by_name_with_its_cache_on_disk(tmp_path: Path) -> None:
    voice, words = load_voice(Settings(home=tmp_path))
    assert words == "The voice is hibari."
    assert voice.render_ahead(["How can I help?"]) == 1
    assert len(list((tmp_path / "voice").glob("*.pcm"))) == 1


# Commands ------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def test_say_writes_a_recording(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(cli, ["say", "It costs £45.50.", "--out", "price.wav", "--json"])
    report = json.loads(result.stdout)
    with wave.open(str(tmp_path / "price.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        assert file.getnframes() * 1000 // SAMPLE_RATE == report["ms"]
    assert report["spoken"] == "It costs forty-five pounds fifty."


def test_say_into_a_folder_that_is_not_there_is_an_error_in_words(run: CliRunner) -> None:
    result = run.invoke(cli, ["say", "Hello.", "--out", "nowhere/hello.wav"])
    assert result.exit_code != 0
    assert "nowhere/hello.wav" in str(result.exception)


def test_models_are_listed_and_whole(run: CliRunner) -> None:
    listed = json.loads(run.invoke(cli, ["models", "list", "--json"]).stdout)
    assert [row["name"] for row in listed] == ["vosk-model-small-en-us-0.15", "whisper-tiny.en", "all-minilm-l6-v2"]
    if not all(row["path"] for row in listed):
        pytest.skip("a speech model is not here")
    assert run.invoke(cli, ["models", "verify"]).exit_code == 0
    assert run.invoke(cli, ["models", "fetch"]).exit_code == 0


def test_doctor_answers_in_one_document(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PORT", "0")
    result = run.invoke(cli, ["doctor", "--json"])
    report = json.loads(result.stdout)
    states = {finding["part"]: finding["state"] for finding in report["findings"]}
    assert states["voice"] == "ok"
    assert states["database"] == "ok"
    assert result.exit_code == (0 if report["ready"] else 1)


# Downloads ------------------------------------------------------------------------------

CONTENT = {"am/final.mdl": os.urandom(700_000), "conf/model.conf": b"--beam=10\n"}


def packed() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in CONTENT.items():
            archive.writestr(f"ear/{name}", data)
    return stream.getvalue()


class FlakyServer(http.server.ThreadingHTTPServer):
    """Serves `body`; breaks off after `limits` bytes, one limit an answer, then serves to the end."""

    def __init__(self, body: bytes, limits: list[int], ranges: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), FlakyHandler)
        self.body, self.limits, self.ranges = body, limits, ranges
        self.asked: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class FlakyHandler(http.server.BaseHTTPRequestHandler):
    server: FlakyServer

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and self.server.ranges else 0
        if start >= len(self.server.body):
            self.send_error(416)
            return
        rest = self.server.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: self.server.limits.pop(0) if self.server.limits else None])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[FlakyServer]:
    with FlakyServer(packed(), []) as flaky:
        thread = threading.Thread(target=flaky.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield flaky
        flaky.shutdown()
        thread.join()


def quiet(what: str, done: int, total: int | None) -> None:
    pass


def ear(address: str) -> SpeechModel:
    files = tuple(ModelFile(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in CONTENT.items())
    source = Source("zip", f"{address}/ear.zip", inside="ear")
    return SpeechModel("ear", "vosk", "en", "MIT", "hearing", "nothing is heard", (source,), files)


def test_a_download_that_breaks_off_goes_on_where_it_stopped(server: FlakyServer, tmp_path: Path) -> None:
    server.limits = [300_000, 200_000]
    seen: list[int] = []
    model = ear(server.address)
    folder = fetch(model, tmp_path, lambda what, done, total: seen.append(done))
    assert broken_files(model, folder) == ()
    assert server.asked == [None, "bytes=300000-", "bytes=500000-"]
    assert seen == sorted(seen)
    assert seen[-1] == len(server.body)


def test_the_next_run_goes_on_with_what_the_last_one_left(server: FlakyServer, tmp_path: Path) -> None:
    server.limits = [100_000, 100_000, 100_000]
    with pytest.raises(ModelError):
        fetch(ear(server.address), tmp_path, quiet)
    server.asked.clear()
    assert broken_files(ear(server.address), fetch(ear(server.address), tmp_path, quiet)) == ()
    assert server.asked == ["bytes=300000-"]


def test_a_server_that_cannot_resume_is_read_from_the_start(server: FlakyServer, tmp_path: Path) -> None:
    server.ranges, server.limits = False, [300_000]
    download(f"{server.address}/ear.zip", tmp_path / "ear.zip", quiet)
    assert (tmp_path / "ear.zip").read_bytes() == server.body


def test_a_part_of_something_else_is_begun_anew(server: FlakyServer, tmp_path: Path) -> None:
    (tmp_path / "ear.zip.part").write_bytes(bytes(len(server.body) + 1))
    download(f"{server.address}/ear.zip", tmp_path / "ear.zip", quiet)
    assert (tmp_path / "ear.zip").read_bytes() == server.body


def test_single_files_come_below_one_address(server: FlakyServer, tmp_path: Path) -> None:
    server.body = CONTENT["conf/model.conf"]
    files = (ModelFile("conf/model.conf", len(server.body), hashlib.sha256(server.body).hexdigest()),)
    model = SpeechModel("ear", "whisper", "en", "MIT", "", "", (Source("files", server.address),), files)
    assert (fetch(model, tmp_path, quiet) / "conf/model.conf").read_bytes() == server.body


def test_what_does_not_match_the_catalogue_is_not_kept(server: FlakyServer, tmp_path: Path) -> None:
    server.body = server.body.replace(b"--beam=10", b"--beam=11")
    with pytest.raises(ModelError):
        fetch(ear(server.address), tmp_path, quiet)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
