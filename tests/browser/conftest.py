"""A real Chromium with a recording as its microphone, and a call centre served on a free port."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from bot.web.serving import MAX_MESSAGE_BYTES, listen
from handoff.people import Role
from tests.unit.web.fake_centre import session_cookie

playwright_api = pytest.importorskip("playwright.async_api", reason="playwright is not installed")

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

PageWithMicrophone = Callable[..., "AbstractAsyncContextManager[playwright_api.Page]"]
ServeApp = Callable[[FastAPI], str]


def chromium() -> str:
    """Debian's Chromium or another one on the path; skips with a word where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium here: `apt-get install chromium` to run the browser tests")


@pytest.fixture
def page_with_microphone() -> PageWithMicrophone:
    """`async with page_with_microphone(wav) as page`: `wav` is spoken once, from the moment the page listens.

    `wav=None`: a microphone is there but refused. Other keywords go to the browser context (viewport, color_scheme).
    Fails the test when the page reports an error or breaks its own security policy.
    """
    executable = chromium()

    @asynccontextmanager
    async def open_page(wav: Path | None, **context_options: object) -> AsyncIterator[playwright_api.Page]:
        flags = [flag for flag in FLAGS if wav or flag != "--use-fake-ui-for-media-stream"]
        if wav:
            flags.append(f"--use-file-for-fake-audio-capture={wav}%noloop")
        complaints: list[str] = []
        async with playwright_api.async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=executable, args=flags)
            context = await browser.new_context(**context_options)
            page = await context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.append(line.text) if "Policy" in line.text else None)
            try:
                yield page
            finally:
                await browser.close()
        assert complaints == []

    return open_page


async def sign_in(page: playwright_api.Page, app: FastAPI, address: str, role: Role = Role.AGENT) -> None:
    """Every page of this page's browser context is signed in from now on."""
    cookies = session_cookie(app, role)
    await page.context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])


@pytest.fixture
def serve_app() -> Iterator[ServeApp]:
    """Serves an application in a thread of its own for the length of the test; returns its address."""
    with contextlib.ExitStack() as stack:
        yield lambda app: stack.enter_context(_served(app))


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app, log_level="warning", ws_max_size=MAX_MESSAGE_BYTES, access_log=False, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
