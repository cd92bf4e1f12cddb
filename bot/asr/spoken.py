"""What a recogniser wrote, as it was spoken: lower case, no punctuation, figures and signs as words.

Whisper writes "2:30 on the 3rd", Vosk "two thirty on the third". Everything behind the ears sees the second form only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from num2words import num2words

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}
_SIGNS = {"&": "and", "%": "percent", "@": "at", "+": "plus", "#": "pound", "*": "star", "°": "degrees"}
_ABBREVIATIONS = {"dr": "doctor", "mr": "mister", "mrs": "missus", "ok": "okay", "vs": "versus", "etc": "et cetera"}
_FRACTIONS = {
    "1/2": "half",
    "½": "half",
    "1/4": "quarter",
    "¼": "quarter",
    "3/4": "three quarters",
    "¾": "three quarters",
}

LONGEST_NUMBER = 4
"""Digits a figure may have to be read as a number; longer ones are phone or card numbers, read digit by digit."""


def digit_by_digit(figures: str) -> str:
    return " ".join(_DIGITS[int(figure)] for figure in figures if figure.isdigit())


def cardinal(number: int) -> str:
    return _plain(num2words(number))


def ordinal(number: int) -> str:
    return _plain(num2words(number, to="ordinal"))


def _plain(words: str) -> str:
    return words.replace("-", " ").replace(",", "")


def year(number: int) -> str:
    """1985: nineteen eighty five; 2026: twenty twenty six; 2005: two thousand five."""
    return _plain(num2words(number, to="year")).replace(" and ", " ")


def clock(hour: int, minute: int) -> str:
    """As people say it: two o'clock, two oh five, two thirty."""
    if minute == 0:
        return f"{cardinal(hour)} o'clock"
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"


def figure(text: str) -> str:
    """One run of digits: a number, a year, or a string of digits (leading zero, or too long to be a number)."""
    if len(text) > LONGEST_NUMBER or (text[0] == "0" and len(text) > 1):
        return digit_by_digit(text)
    number = int(text)
    if len(text) == LONGEST_NUMBER:
        return year(number) if 1900 <= number < 2100 else digit_by_digit(text)
    return cardinal(number)


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    half_day = bool(match[3])  # "2:00 pm" is "two pm", not "two o'clock pm"
    spoken = cardinal(hour) if half_day and minute == 0 else clock(hour, minute)
    return f" {spoken} {match[3] or ''}"


def _money(match: re.Match[str]) -> str:
    pence = f" {cardinal(int(match[3]))}" if match[3] and int(match[3]) else ""
    return f" {cardinal(int(match[2]))} {_CURRENCIES[match[1]]}{pence} "


def _decimal(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1]))} point {digit_by_digit(match[2])}"


def _mixed(match: re.Match[str]) -> str:
    """Postcodes and references ("sw1a", "b12"): letters one by one, digits one by one."""
    return " ".join(_DIGITS[int(sign)] if sign.isdigit() else sign for sign in match[0])


_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # sounds described, not words: (music), [blank_audio], *cough*, ♪
    (re.compile(r"\([^)]*\)|\[[^\]]*\]|\*[a-z ]+\*|♪+"), " "),
    (re.compile(r"[‘’`´]"), "'"),
    (re.compile(r"½|¼|¾|\b(?:1/2|1/4|3/4)\b"), lambda match: f" {_FRACTIONS[match[0]]} "),
    (re.compile(r"\b([ap])\.? ?m\b\.?"), r"\1m"),
    (re.compile(r"(\d)([ap]m)\b"), r"\1 \2"),
    (re.compile(r"\b\d{1,3}(?:,\d{3})+\b"), lambda match: cardinal(int(match[0].replace(",", "")))),
    (re.compile(r"([$£€])(\d+)(?:\.(\d\d))?"), _money),
    (re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)(?: ?([ap]m))?\b(?!\s*(?:percent|%|\d))"), _time),
    (re.compile(r"\b(\d+)\.(\d+)\b"), _decimal),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), lambda match: ordinal(int(match[1]))),
    # groups of a phone number: "555-1234", "020 7946 0958"
    (re.compile(r"\+?\b\d{2,}(?:[-– ]\d{3,})+\b"), lambda match: digit_by_digit(match[0])),
    (re.compile(r"\b(?:\d-)+\d\b"), lambda match: digit_by_digit(match[0])),
    (re.compile(r"\b(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{2,8}\b"), _mixed),
    (re.compile(r"\d+"), lambda match: f" {figure(match[0])} "),
    (re.compile(r"[&%@+#*°]"), lambda match: f" {_SIGNS[match[0]]} "),
    (re.compile(r"[^a-zà-ÿ' ]+"), " "),
    (re.compile(r"(?<![a-z])'+|'+(?![a-z])"), " "),
    (re.compile(r"\b(?:dr|mrs?|ok|vs|etc)\b"), lambda match: _ABBREVIATIONS[match[0]]),
    (re.compile(r"\b([ap]) m\b"), r"\1m"),
)


def normalise(written: str) -> str:
    """The words of `written`, as spoken: "At 2:30, Dr. Lee!" becomes "at two thirty doctor lee"."""
    text = written.lower()
    for pattern, spoken in _RULES:
        text = pattern.sub(spoken, text)
    return " ".join(text.split())
