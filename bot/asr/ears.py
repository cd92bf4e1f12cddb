"""Which ears there are: both engines if both models are here and work, one of them if not, and what that costs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.asr.recognizer import Ear
from bot.asr.two_ears import TwoEars
from bot.errors import ConfigError, ModelError
from bot.models.models import FOLDER

if TYPE_CHECKING:
    from bot.asr.vosk import VoskEar

VOSK_DIRS = "vosk-model*"
WHISPER_DIRS = "whisper-*"

BOTH = "Vosk hears closed questions with a grammar, Whisper free speech."
ONLY_WHISPER = (
    "Whisper hears everything; without Vosk, short answers (yes, a digit, a day) are understood less often "
    "and there are no live captions. `frontdesk models fetch` brings it."
)
ONLY_VOSK = (
    "Vosk hears everything; without Whisper, about one word in five of a free sentence is wrong instead of one in "
    "forty. `frontdesk models fetch` brings it."
)


T = TypeVar("T")


def find_model(models_dir: Path, pattern: str, file: str) -> Path | None:
    """The first folder (by name) of that pattern which holds `file`: below `models_dir`, else below `FOLDER`."""
    folders = (folder for base in (models_dir, FOLDER) for folder in sorted(base.glob(pattern)))
    return next((folder for folder in folders if (folder / file).is_file()), None)


def load_ears(
    settings_ears: str, models_dir: Path, captions_allowed: Callable[[], bool] = lambda: False
) -> tuple[Ear, str]:
    """The ears asked for (`auto`, `two`, `vosk`, `whisper`) and a sentence on what they are.

    With `auto`, one broken model is done without, and the sentence says so. Raises ConfigError for another word,
    ModelError `models.missing` or `models.broken` when what was asked for is not on disk or cannot be used.
    """
    if settings_ears not in ("auto", "two", "vosk", "whisper"):
        raise ConfigError("config.wrong", f"ears: {settings_ears} is not one of auto, two, vosk, whisper.")
    vosk_dir = find_model(models_dir, VOSK_DIRS, "am/final.mdl") if settings_ears != "whisper" else None
    whisper_dir = find_model(models_dir, WHISPER_DIRS, "model.bin") if settings_ears != "vosk" else None
    if not (vosk_dir or whisper_dir) or (settings_ears == "two" and not (vosk_dir and whisper_dir)):
        raise ModelError("models.missing", f"No speech model for “{settings_ears}”; run `frontdesk models fetch`.")
    broken: list[ModelError] = []
    closed, free = _opened(_vosk, vosk_dir, broken), _opened(_whisper, whisper_dir, broken)
    if broken and (settings_ears != "auto" or not (closed or free)):
        raise broken[0]
    captions = _captions(closed) if closed and free else None
    said = BOTH if closed and free else ONLY_VOSK if closed else ONLY_WHISPER
    knows = closed.knows if closed else None
    return TwoEars(closed, free, captions, captions_allowed, knows), " ".join(
        [*(error.message for error in broken), said]
    )


def _opened(load: Callable[[Path], T], folder: Path | None, broken: list[ModelError]) -> T | None:
    """The ear of that folder, if there is one and it works."""
    try:
        return load(folder) if folder else None
    except ModelError as error:
        broken.append(error)
        return None


def _vosk(folder: Path) -> VoskEar:
    """Imported here: an engine that is not used costs neither time nor memory."""
    from bot.asr.vosk import VoskEar

    return VoskEar(folder)


def _captions(ear: VoskEar) -> Ear:
    from bot.asr.vosk import CaptionEar

    return CaptionEar(ear)


def _whisper(folder: Path) -> Ear:
    from bot.asr.whisper import WhisperEar

    return WhisperEar(folder, workers=max(1, os.cpu_count() or 1))
