"""The workers of a call, each on its own."""

import asyncio
import threading

from bot import workers
from bot.events import CHUNK_BYTES, AudioChunk, Expect, Failed, FinishUtterance, Recognize, Transcript
from bot.workers import Ears

CHUNK = AudioChunk(bytes(CHUNK_BYTES))


class StuckEar:
    """Its first session hangs in `accept` until it is released; nobody else may enter it meanwhile."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.sessions = 0
        self.inside = 0
        self.most_inside = 0

    def listen(self, expect):
        self.sessions += 1
        return self

    def accept(self, chunk):
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.released.wait(5)
        self.inside -= 1

    def finish(self):
        return ()


async def test_a_session_whose_thread_is_late_is_never_entered_by_another(monkeypatch):
    monkeypatch.setattr(workers, "HEARING_BUDGET_S", 0.05)
    ear, posted = StuckEar(), asyncio.Queue()
    ears = Ears(ear, posted.put_nowait)
    working = asyncio.create_task(ears.work())
    try:
        ears.todo.put_nowait(Recognize(CHUNK, Expect()))
        assert await posted.get() == Failed("ears", "ears.slow")
        ears.todo.put_nowait(Recognize(CHUNK))
        ears.todo.put_nowait(FinishUtterance(1, 0, 0))
        assert await posted.get() == Transcript(1, ())
        assert (ear.sessions, ear.most_inside) == (1, 1)
    finally:
        ear.released.set()
        working.cancel()
