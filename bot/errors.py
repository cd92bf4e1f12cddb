"""Errors of ours: a stable code for programs, a sentence that says what to do for people.

A surprise of a library becomes the part's own error, raised `from` its cause, where the part meets the library.
Messages hold no personal data: they are logged.
"""

from __future__ import annotations


class FrontdeskError(Exception):
    """`code` is stable (`models.missing`, `audio.broken` …); `message` is a sentence that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ConfigError(FrontdeskError):
    """A setting is wrong or missing."""


class ContentError(FrontdeskError):
    """Something in `nlu_data/` is wrong; the message names file, line and mend."""


class ModelError(FrontdeskError):
    """A speech model or voice is missing, broken or cannot be fetched."""


class AudioError(FrontdeskError):
    """Audio that cannot be read or played."""


class HearingError(FrontdeskError):
    """A recogniser failed."""


class VoiceError(FrontdeskError):
    """A voice failed."""


class UnderstandingError(FrontdeskError):
    """The intent model is missing or failed."""


class DiaryError(FrontdeskError):
    """The diary refused or failed."""


class StoreError(FrontdeskError):
    """The database is locked, gone or full."""


class ChannelError(FrontdeskError):
    """A line, page or sound device failed."""


class RecordingError(FrontdeskError):
    """A recording cannot be written, opened or found."""
