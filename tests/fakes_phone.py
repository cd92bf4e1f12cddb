"""A call centre for the phone doors' tests: real channels, no engines."""

from __future__ import annotations

import asyncio

from bot.events import Answered, AudioChunk, DigitPressed

TONE = (b"\x00\x20" * 8 + b"\x00\xe0" * 8) * 20
"""20 ms of a 1 kHz square wave at 16 kHz."""


class EchoCentre:
    """Takes every call: plays `play_ms` of tone, notes all that happens, then listens until digits tell what to do.

    `1`: transfer to the queue billing · `2`: hang up · `3`: clear while a long tone plays · `9`: break.
    """

    def __init__(self, play_ms=200, lines=10, at_once=""):
        """`at_once`: the digit that is obeyed without being pressed."""
        self.play_ms, self.lines, self.at_once = play_ms, lines, at_once
        self.answered, self.digits, self.heard_ms, self.heard, self.calls = [], "", 0, [], 0
        self.reminders, self.ended = [], asyncio.Event()
        self.is_ready = True

    def is_full(self):
        return self.calls >= self.lines

    def health(self):
        return {"ready": self.is_ready}

    async def take_call(self, channel, reminder=""):
        self.calls += 1
        try:
            await self._talk(channel, reminder)
        finally:
            self.calls -= 1
            self.ended.set()

    async def _talk(self, channel, reminder):
        speaking = None
        try:
            async for event in channel.events():
                match event:
                    case Answered():
                        self.answered.append(event)
                        self.reminders.append(reminder)
                        speaking = asyncio.create_task(self._say(channel, self.play_ms))
                        if await self._obey(self.at_once, channel, speaking):
                            return
                    case AudioChunk(pcm):
                        self.heard_ms += event.ms
                        self.heard.append(pcm)
                    case DigitPressed(digit):
                        self.digits += digit
                        if await self._obey(digit, channel, speaking):
                            return
        finally:
            if speaking:
                speaking.cancel()

    async def _obey(self, digit, channel, speaking):
        match digit:
            case "1":
                await speaking
                await channel.transfer("billing", "T-7")
                return True
            case "2":
                await speaking
                await channel.hang_up()
                return True
            case "3":
                speaking.cancel()
                await channel.clear()
            case "9":
                raise RuntimeError("broken on purpose")
        return False

    async def _say(self, channel, ms):
        for _ in range(ms // 20):
            await channel.play(TONE)
