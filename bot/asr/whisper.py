"""Whisper on a short window: the ear for free speech. It hears a whole utterance at a pause, in about 0.15 CPU seconds.

Whisper's encoder was made for 30 s; here it gets 10 s (or the clip and 2 s more), a third of the work for the same
words. Shorter windows run away into repetitions. Decoding is beam search (5), repeats of three tokens forbidden, no
temperature fall-back. Model and features are faster-whisper's, run directly on CTranslate2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.asr.plausible import Written, confidence, is_plausible
from bot.asr.recognizer import Recognizer
from bot.asr.spoken import normalise
from bot.asr.turnstile import Turnstile
from bot.asr.voiced import VoicedBuffer
from bot.audio.pcm import Samples, to_samples
from bot.errors import HearingError, ModelError
from bot.events import SAMPLE_RATE, AnswerKind, AudioChunk, Expect, Hypothesis, Word

FRAMES_PER_SECOND = 100
"""Log-mel frames; a token of the encoder is two."""
SHORTEST_WINDOW_S, AFTER_CLIP_S, LONGEST_WINDOW_S = 10.0, 2.0, 30.0
LONGEST_PIECE_S = 26
"""Longer audio is cut at its quietest moment near the end of the piece."""
TOKENS_PER_SECOND, FEWEST_TOKENS, MOST_TOKENS = 8, 24, 224
PROMPTS: Mapping[AnswerKind, str] = {"name": " It's spelled J-O-N-E-S, and H-A-R-R-I-S-O-N."}
"""What might have been said before: of 24 spelled names, 20 are among the readings with it and 18 without (in the
street 18 and 13); names that are just said are heard as before. Of digits and days, nothing was won by one."""
PROMPTED_WINDOW_S = 15.0
"""In a shorter one a prompt does harm."""
READINGS = 3
"""Alternatives kept; beam search has them anyway."""
MS_PER_TOKEN = 20
"""One step of the encoder, the unit of word times."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One reading, still with figures and punctuation; word times in milliseconds of the utterance."""

    text: str
    score: float
    no_speech: float
    words: tuple[Word, ...] = ()


class WhisperEar:
    """The model, loaded once (0.4 s, some 70 MB). Thread-safe: `turnstile` lets `workers` utterances in at once."""

    def __init__(self, model_dir: Path, workers: int = 2) -> None:
        """Raises ModelError `models.missing` or `models.broken`."""
        if not (model_dir / "model.bin").is_file():
            raise ModelError("models.missing", "The Whisper model is missing; run `frontdesk models fetch`.")
        # OpenBLAS threads spin for 100 ms after each small product: 40 % of the whole cost of an utterance.
        threadpool_limits(limits=1, user_api="blas")
        try:
            self._whisper = WhisperModel(
                str(model_dir), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers
            )
        except Exception as error:
            raise ModelError("models.broken", "The Whisper model is broken; run `frontdesk models fetch`.") from error
        tokenizer = self._whisper.hf_tokenizer
        self._start = [tokenizer.token_to_id("<|startoftranscript|>")]
        self._prompt = [*self._start, tokenizer.token_to_id("<|notimestamps|>")]
        self._before: dict[AnswerKind, list[int]] = {
            kind: [tokenizer.token_to_id("<|startofprev|>"), *tokenizer.encode(text, add_special_tokens=False).ids]
            for kind, text in PROMPTS.items()
        }
        self.turnstile = Turnstile(workers)

    def listen(self, expect: Expect) -> Recognizer:
        return WhisperSession(self, expect.kind)

    def transcribe(self, samples: Samples, kind: AnswerKind = "free") -> tuple[Hypothesis, ...]:
        """Best first; () when nothing in it sounds like words. Raises HearingError `hearing.whisper`."""
        pieces = [self._hypotheses(piece, kind) for piece in cut_at_pauses(samples)]
        if len(pieces) == 1:
            return pieces[0]
        heard = [piece[0] for piece in pieces if piece]
        if not heard:
            return ()
        words = tuple(word for piece in heard for word in piece.words)
        return (Hypothesis(" ".join(h.text for h in heard), min(h.confidence for h in heard), words),)

    def _hypotheses(self, samples: Samples, kind: AnswerKind) -> tuple[Hypothesis, ...]:
        seconds = len(samples) / SAMPLE_RATE
        found: dict[str, Hypothesis] = {}
        for reading in self._decode(samples, kind):
            text = normalise(reading.text)
            if is_plausible(Written(text, reading.score, reading.no_speech, seconds)) and text not in found:
                found[text] = Hypothesis(text, round(confidence(reading.score), 3), spoken_words(text, reading.words))
            elif not found:
                return ()  # the best reading is none: the others are no better
        return tuple(found.values())

    def _decode(self, samples: Samples, kind: AnswerKind) -> list[Decoded]:
        try:
            return self._decode_now(samples, self._before.get(kind, []))
        except Exception as error:
            raise HearingError("hearing.whisper", "Whisper could not take the audio.") from error

    def _decode_now(self, samples: Samples, before: list[int]) -> list[Decoded]:
        seconds = len(samples) / SAMPLE_RATE
        model = self._whisper.model
        encoded = model.encode(self._window(samples, PROMPTED_WINDOW_S if before else SHORTEST_WINDOW_S))
        best = model.generate(
            encoded,
            [[*before, *self._prompt]],
            beam_size=5,
            num_hypotheses=READINGS,
            no_repeat_ngram_size=3,
            max_length=len(before) + min(MOST_TOKENS, FEWEST_TOKENS + int(TOKENS_PER_SECOND * seconds)),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        first, *others = (
            Decoded(self._whisper.hf_tokenizer.decode(tokens).strip(), score, best.no_speech_prob)
            for tokens, score in zip(best.sequences_ids, best.scores, strict=True)
        )
        words = self._align(encoded, best.sequences_ids[0], seconds) if first.text else ()
        return [Decoded(first.text, first.score, first.no_speech, words), *others]

    def _window(self, samples: Samples, shortest_s: float) -> ctranslate2.StorageView:
        """Log-mel features of the clip and silence after it."""
        seconds = min(LONGEST_WINDOW_S, max(shortest_s, len(samples) / SAMPLE_RATE + AFTER_CLIP_S))
        frames = int(FRAMES_PER_SECOND * seconds) // 2 * 2
        silence = max(0, frames * SAMPLE_RATE // FRAMES_PER_SECOND - len(samples))
        features = self._whisper.feature_extractor(np.pad(samples, (0, silence)))[:, :frames]
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(features[None], dtype=np.float32))

    def _align(self, encoded: Any, tokens: list[int], seconds: float) -> tuple[Word, ...]:
        """When each written word was said and how sure its least sure token is; costs 15 ms."""
        frames = max(2, int(seconds * FRAMES_PER_SECOND))
        aligned = self._whisper.model.align(encoded, self._start, [tokens], frames)[0]
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        for token, step in aligned.alignments:
            starts.setdefault(token, step * MS_PER_TOKEN)
            ends[token] = (step + 1) * MS_PER_TOKEN
        pieces = [self._whisper.hf_tokenizer.decode([token]) for token in tokens]
        longest_ms = int(1000 * seconds)
        return tuple(
            Word(
                "".join(pieces[i] for i in group).strip(),
                min(longest_ms, starts.get(group[0], 0)),
                min(longest_ms, ends.get(group[-1], longest_ms)),
                round(min(aligned.text_token_probs[i] for i in group if i < len(aligned.text_token_probs)), 3),
            )
            for group in word_groups(pieces)
        )


def word_groups(pieces: list[str]) -> list[list[int]]:
    """Indices of the tokens of each word: a word starts with a space."""
    groups: list[list[int]] = []
    for i, piece in enumerate(pieces):
        if piece.startswith(" ") or not groups:
            groups.append([])
        groups[-1].append(i)
    return groups


def spoken_words(text: str, written: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words of `text` with the times and confidences of the written words they came from.

    "2:30" becomes two words that share its time. Where several written words were read together ("020 7946"), the
    spoken ones are spread evenly over the whole.
    """
    groups = [(word, normalise(word.text).split()) for word in written]
    if [part for _, parts in groups for part in parts] == text.split():
        return tuple(piece for word, parts in groups for piece in _spread(parts, word))
    if not written:
        return ()
    whole = Word(text, written[0].start_ms, written[-1].end_ms, min(word.confidence for word in written))
    return tuple(_spread(text.split(), whole))


def _spread(parts: list[str], over: Word) -> list[Word]:
    """`parts` one after the other in the time of `over`."""
    length = (over.end_ms - over.start_ms) / max(1, len(parts))
    at = [over.start_ms + round(i * length) for i in range(len(parts) + 1)]
    return [Word(part, at[i], at[i + 1], over.confidence) for i, part in enumerate(parts)]


def cut_at_pauses(samples: Samples) -> list[Samples]:
    """Pieces of at most `LONGEST_PIECE_S`, cut at the quietest 200 ms of the last third of each."""
    longest, window = LONGEST_PIECE_S * SAMPLE_RATE, SAMPLE_RATE // 5
    pieces = []
    while len(samples) > longest:
        first = longest * 2 // 3
        energy = np.convolve(np.square(samples[first:longest]), np.ones(window, np.float32), mode="valid")
        cut = first + int(np.argmin(energy)) + window // 2
        pieces.append(samples[:cut])
        samples = samples[cut:]
    return [*pieces, samples]


class WhisperSession:
    """One utterance: audio is collected, and heard when asked. A glimpse is reused when nothing was said after it."""

    def __init__(self, ear: WhisperEar, kind: AnswerKind = "free") -> None:
        self._ear, self._kind = ear, kind
        self._audio = VoicedBuffer()
        self._heard: tuple[Hypothesis, ...] = ()
        self._heard_voiced_ms = 0

    def accept(self, chunk: AudioChunk) -> str | None:
        """Raises HearingError `hearing.rate`."""
        if chunk.sample_rate != SAMPLE_RATE:
            raise HearingError("hearing.rate", f"Audio comes at {chunk.sample_rate} Hz; the channel must convert it.")
        self._audio.append(chunk.pcm)
        return None

    def glimpse(self) -> tuple[Hypothesis, ...]:
        """() also when too many others wait: what was said is heard at its end."""
        return self._hear(is_look=True)

    def finish(self) -> tuple[Hypothesis, ...]:
        return self._hear(is_look=False)

    def _hear(self, *, is_look: bool) -> tuple[Hypothesis, ...]:
        if self._audio.voiced_ms > self._heard_voiced_ms:
            if not self._ear.turnstile.enter(is_look=is_look):
                return ()
            try:
                self._heard = self._ear.transcribe(to_samples(self._audio.pcm), self._kind)
            finally:
                self._ear.turnstile.leave()
            self._heard_voiced_ms = self._audio.voiced_ms
        return self._heard
