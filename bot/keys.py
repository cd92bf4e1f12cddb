"""The caller's keypad: single digits become answers. Counted in milliseconds of the call, like everything in it."""

from __future__ import annotations

DIGIT_PAUSE_MS = 2_500
"""Silence on the keypad that ends a number; telephone exchanges use 2 to 4 s."""


class Keys:
    """`#` ends a number, `*` clears it; both are answers of their own where no number has begun."""

    def __init__(self) -> None:
        self._digits = ""
        self._pressed_ms = 0
        self._was_counted_off = False

    @property
    def is_pressed(self) -> bool:
        """A number has begun."""
        return bool(self._digits)

    def is_habit(self, digit: str) -> bool:
        """A `#` after a number that was complete without it."""
        return digit == "#" and self._was_counted_off

    def press(self, digit: str, now_ms: int, wanted: int) -> str:
        """The whole answer, "" while more is to come; `wanted` digits are complete, 0 for any number of them."""
        is_habit, self._was_counted_off = self.is_habit(digit), False
        if is_habit:
            return ""
        self._pressed_ms = now_ms
        if digit == "*" and self._digits:
            self._digits = ""
            return ""
        if digit in "*#":
            return self._take() or digit
        self._digits += digit
        self._was_counted_off = len(self._digits) == wanted
        return self._take() if self._was_counted_off else ""

    def pause(self, now_ms: int) -> str:
        """The number that a pause has ended, "" when there is none."""
        return self._take() if now_ms - self._pressed_ms >= DIGIT_PAUSE_MS else ""

    def _take(self) -> str:
        digits, self._digits = self._digits, ""
        return digits
