"""A voice with a memory: sentences made once are said again at once, and fixed phrases are made before anyone calls.

Sentences are kept one by one, so a reply made of a fixed and a changing sentence starts with the fixed one at once
while the other is being made. What callers are told is kept in memory only; phrases rendered ahead, which name nobody,
are also kept on disk.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import structlog

from bot.errors import VoiceError
from bot.tts.loudness import SENTENCE_GAP
from bot.tts.spoken import sentences, speakable
from bot.tts.voice import Voice

MEMORY_BYTES = 32 << 20
"""A quarter of an hour of speech."""

DISK_BYTES = 200 << 20

FORMAT = "1"
"""Another number when trimming or levelling changes: old files are then not found."""

log = structlog.get_logger()


class NamedVoice(Voice, Protocol):
    @property
    def name(self) -> str:
        """Tells voices and their versions apart: what one made is never said for another."""
        ...


class CachedVoice:
    """Any voice, with figures written out before it speaks. Thread-safe if the voice is."""

    def __init__(
        self, voice: NamedVoice, folder: Path, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES
    ) -> None:
        self.name = voice.name
        self._voice = voice
        self._folder = folder
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes, self._disk_bytes = memory_bytes, disk_bytes
        self._lock = threading.Lock()

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        """A piece a sentence at least; the first at once when it is known. Raises VoiceError."""
        gap = b""
        for sentence in sentences(speakable(text)):
            for pcm in self._sentence(sentence, speed):
                yield gap + pcm
                gap = b""
            gap = SENTENCE_GAP

    def render_ahead(self, texts: Iterable[str], speed: float = 1.0) -> int:
        """Make every sentence of these texts that is not there yet, and keep it on disk. Returns how many were made.

        A voice that fails leaves the sentence for later; a full disk leaves it in memory.
        """
        made = 0
        for sentence in dict.fromkeys(s for text in texts for s in sentences(speakable(text))):
            key = self._key(sentence, speed)
            if self._recall(key) is not None:
                continue
            try:
                pcm = b"".join(self._voice.synthesize(sentence, speed))
            except VoiceError as error:
                log.warning("voice.render_ahead", code=error.code)
                continue
            self._remember(key, pcm)
            self._store(key, pcm)
            made += 1
        if made:
            self._prune()
        return made

    def _sentence(self, sentence: str, speed: float) -> Iterator[bytes]:
        key = self._key(sentence, speed)
        known = self._recall(key)
        if known is not None:
            yield known
            return
        pieces = []
        for pcm in self._voice.synthesize(sentence, speed):
            pieces.append(pcm)
            yield pcm
        self._remember(key, b"".join(pieces))

    def _key(self, sentence: str, speed: float) -> str:
        text = "\n".join((FORMAT, self.name, f"{speed:.2f}", sentence))
        return hashlib.sha256(text.encode()).hexdigest()[:40]

    def _recall(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._memory:
                self._memory.move_to_end(key)
                return self._memory[key]
        path = self._folder / f"{key}.pcm"
        try:
            pcm = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        self._remember(key, pcm)
        return pcm

    def _remember(self, key: str, pcm: bytes) -> None:
        with self._lock:
            self._memory[key] = pcm
            self._memory.move_to_end(key)
            held = sum(map(len, self._memory.values()))
            while held > self._memory_bytes:
                held -= len(self._memory.popitem(last=False)[1])

    def _store(self, key: str, pcm: bytes) -> None:
        """Written beside and renamed: a reader never meets half a sentence."""
        beside = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=self._folder, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(pcm)
            os.replace(beside, self._folder / f"{key}.pcm")
        except OSError as error:
            log.warning("voice.cache_not_written", errno=error.errno)
            if beside is not None:
                Path(beside).unlink(missing_ok=True)

    def _prune(self) -> None:
        """Throw away what was not said for longest until the folder is small enough, and what a crash left half."""
        try:
            for half in self._folder.glob("*.part"):
                half.unlink(missing_ok=True)
            files = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob("*.pcm")), reverse=True)
            held = 0
            for _, size, path in files:
                held += size
                if held > self._disk_bytes:
                    path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("voice.cache_not_pruned", errno=error.errno)
