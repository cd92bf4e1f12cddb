"""How long a text may be: what the bot says is listened to, and what callers say is said in one breath."""

from __future__ import annotations

MAX_WORDS = 80
"""Of an answer: about half a minute of speech; nobody listens longer on a telephone."""
MAX_SAID_LETTERS = 600
"""Of anything the bot says; eighty English words have some 450, and one endless word is no way round the count."""
MAX_PHRASE_LETTERS = 200
"""Of an example of what callers say: some fifteen seconds."""


def too_long_to_hear(text: str) -> str:
    """What is wrong with something the bot is to say, "" when nothing is."""
    if len(text) > MAX_SAID_LETTERS:
        return f"this is too long to listen to; keep it under {MAX_SAID_LETTERS} letters."
    return ""


def too_long_to_say(phrase: str) -> str:
    """What is wrong with an example of what callers say, "" when nothing is."""
    if len(phrase) > MAX_PHRASE_LETTERS:
        return f"nobody says this in one sentence; keep a phrase under {MAX_PHRASE_LETTERS} letters."
    return ""
