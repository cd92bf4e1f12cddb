"""Vosk: a streaming ear that is cheap and sharp when it knows what may come, for that it takes a grammar.

A grammar is a list of whole phrases plus `[unk]`, the reject sign; digits are free strings and do without it.
https://alphacephei.com/vosk/ . Measured: 0.03 CPU seconds per audio second with a grammar, 0.25 without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import vosk

from bot.asr.recognizer import Recognizer
from bot.asr.spoken import normalise
from bot.errors import HearingError, ModelError
from bot.events import SAMPLE_RATE, AudioChunk, Expect, Hypothesis, Word

UNKNOWN = "[unk]"
"""Vosk's word for anything outside the grammar."""


class VoskEar:
    """The model, loaded once (0.4 s, some 130 MB); its sessions share it. Thread-safe."""

    def __init__(self, model_dir: Path) -> None:
        """Raises ModelError `models.missing` or `models.broken`."""
        if not (model_dir / "am" / "final.mdl").is_file():
            raise ModelError("models.missing", "The Vosk model is missing; run `frontdesk models fetch`.")
        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(str(model_dir))
        except Exception as error:  # the library raises nothing narrower
            raise ModelError("models.broken", "The Vosk model is broken; run `frontdesk models fetch`.") from error
        self.knows = lru_cache(maxsize=20_000)(self._look_up)
        """Whether a word (lower case) is in the model's dictionary; it has most surnames."""

    def _look_up(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Words of `phrases` the model has never heard of, sorted; a phrase with one of them can never be heard."""
        words = {word for phrase in phrases for word in phrase.lower().split() if word != UNKNOWN}
        return tuple(sorted(word for word in words if not self.knows(word)))

    def grammar(self, expect: Expect) -> tuple[str, ...]:
        """What the recogniser may answer; () when that is nothing it knows, or when speech is free.

        A phrase with an unknown word is left out whole: Vosk would skip the word and hear "street" for "Zzyzx street".
        """
        if expect.kind == "free":
            return ()
        known = tuple(dict.fromkeys(p for p in expect.phrases if p.strip() and not self.unknown_words([p])))
        if not known:
            return ()
        return known if expect.kind == "digits" else (*known, UNKNOWN)

    def listen(self, expect: Expect) -> Recognizer:
        return VoskSession(self._model, self.grammar(expect))

    def caption(self) -> Recognizer:
        """A session of free speech whose `accept` tells the words so far."""
        return VoskSession(self._model, captions=True)


class VoskSession:
    """One utterance. The recogniser is built with the first chunk, that is in the worker thread: it takes 10–60 ms."""

    def __init__(self, model: vosk.Model, grammar: Sequence[str] = (), captions: bool = False) -> None:
        self._model = model
        self._grammar = tuple(grammar)
        self._captions = captions
        self._recognizer: Any = None
        self._ended: list[dict[str, Any]] = []
        """Results Vosk closed at a pause; without them the first half of a sentence would be lost."""

    def _build(self) -> Any:
        """Never with an empty grammar: Vosk 0.3.45 crashes the process on one."""
        if self._grammar:
            recognizer = vosk.KaldiRecognizer(self._model, SAMPLE_RATE, json.dumps(self._grammar))
        else:
            recognizer = vosk.KaldiRecognizer(self._model, SAMPLE_RATE)
        recognizer.SetWords(True)
        return recognizer

    def accept(self, chunk: AudioChunk) -> str | None:
        """Raises HearingError `hearing.rate` or `hearing.vosk`."""
        if chunk.sample_rate != SAMPLE_RATE:
            raise HearingError("hearing.rate", f"Audio comes at {chunk.sample_rate} Hz; the channel must convert it.")
        try:
            self._recognizer = self._recognizer or self._build()
            if self._recognizer.AcceptWaveform(chunk.pcm):
                self._ended.append(json.loads(self._recognizer.Result()))
        except Exception as error:
            raise HearingError("hearing.vosk", "Vosk could not take the audio.") from error
        return normalise(self._text_so_far()) or None if self._captions else None

    def _text_so_far(self) -> str:
        """Right after a result Vosk has no "partial" at all."""
        running = json.loads(self._recognizer.PartialResult()).get("partial", "")
        return _without_unknown(" ".join([*(result["text"] for result in self._ended), running]))

    def glimpse(self) -> tuple[Hypothesis, ...]:
        """The partial words; they have no confidences yet, so 0.5 stands for "not known"."""
        if self._recognizer is None:
            return ()
        text = normalise(self._text_so_far())
        return (Hypothesis(text, 0.5),) if text else ()

    def finish(self) -> tuple[Hypothesis, ...]:
        if self._recognizer is None:
            return ()
        results = [*self._ended, json.loads(self._recognizer.FinalResult())]
        self._recognizer, self._ended = None, []
        return hypotheses_from(results)


def _without_unknown(text: str) -> str:
    return " ".join(text.replace(UNKNOWN, " ").split())


def hypotheses_from(results: Iterable[dict[str, Any]]) -> tuple[Hypothesis, ...]:
    """Vosk's JSON as one hypothesis. `[unk]` is no word, but it lowers the confidence by its share of the utterance."""
    heard = [_word(item) for result in results for item in result.get("result", ())]
    words = tuple(word for word in heard if word.text != UNKNOWN)
    if not words:
        return ()
    lengths = [word.end_ms - word.start_ms for word in heard]
    known_ms = sum(length for word, length in zip(heard, lengths, strict=True) if word.text != UNKNOWN)
    share = known_ms / sum(lengths) if sum(lengths) else 1.0
    mean = sum(word.confidence for word in words) / len(words)
    return (Hypothesis(normalise(" ".join(word.text for word in words)), round(mean * share, 3), words),)


def _word(item: dict[str, Any]) -> Word:
    return Word(item["word"], round(1000 * item["start"]), round(1000 * item["end"]), min(1.0, item["conf"]))


class CaptionEar:
    """Free streaming speech on a VoskEar's model, whose `accept` tells the words so far: for live captions."""

    def __init__(self, ear: VoskEar) -> None:
        self._ear = ear

    def listen(self, expect: Expect) -> Recognizer:
        return self._ear.caption()
