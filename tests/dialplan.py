"""Runs a dialplan as Asterisk does: the few applications and functions that the documentation uses, from its own text.

Read: `[globals]`, `exten => pattern,1,App(…)`, `same => n(label),App(…)`, `${NAME}`, `${FUNCTION(…)}`, `$["a" = "b"]`.
Sources: docs.asterisk.org, "Dialplan", and the reference of each application and function.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

Curl = Callable[[str, str], Awaitable[str]]
"""Address, URL-encoded form → what was answered; "" when it cannot be reached."""
Dial = Callable[[str, str], Awaitable[None]]
"""Dial string, options; returns when that side has hung up."""


@dataclass
class Dialplan:
    """`steps`: (application, its argument, label), in the order of their priority."""

    steps: list[tuple[str, str, str]]
    globals: dict[str, str]


def read(text: str, context: str) -> Dialplan:
    """One context with one extension."""
    sections: dict[str, list[str]] = {}
    for line in filter(None, (raw.partition(";")[0].strip() for raw in text.splitlines())):
        if line.startswith("["):
            sections[line.strip("[]")] = found = []
        else:
            found.append(line)
    steps = []
    for line in sections[context]:
        said = re.fullmatch(r"(?:exten => [^,]+,1|same => n(?:\((?P<label>\w+)\))?),(?P<app>\w+)\((?P<data>.*)\)", line)
        assert said, f"no line of a dialplan: {line}"
        steps.append((said["app"], said["data"], said["label"] or ""))
    values = (line.partition("=") for line in sections.get("globals", []))
    return Dialplan(steps, {name.strip(): value.strip() for name, _, value in values})


@dataclass
class Channel:
    """A caller's channel on its way through the dialplan; `left` says how it came out."""

    caller: str
    extension: str
    curl: Curl
    dial: Dial
    variables: dict[str, str] = field(default_factory=dict)
    dialled: list[str] = field(default_factory=list)
    timeout_s: str = ""
    left: str = ""

    async def run(self, plan: Dialplan) -> None:
        labels = {label: at for at, (_, _, label) in enumerate(plan.steps) if label}
        at: int | None = 0
        while at is not None and at < len(plan.steps) and not self.left:
            app, data, _ = plan.steps[at]
            at = await self._do(app, await self._expand(data, plan.globals), labels, at)
        self.left = self.left or "end of the dialplan"

    async def _do(self, app: str, data: str, labels: Mapping[str, int], at: int) -> int:
        match app:
            case "Set" if data.startswith("CURLOPT(httptimeout)="):
                self.timeout_s = data.partition("=")[2]
            case "Set":
                name, _, value = data.partition("=")
                self.variables[name] = value
            case "GotoIf":
                said, _, target = data.partition("?")
                return labels[target] if _is_true(said) else at + 1
            case "Answer":
                pass
            case "Dial":
                device, _, options = data.split(",") if data.count(",") == 2 else (data, "", "")
                self.dialled.append(device)
                await self.dial(device, options)
                if "g" not in options and device.startswith(("AudioSocket/", "WebSocket/")):
                    self.left = "hung up after Dial"
            case "Queue" | "Busy" | "Hangup":
                self.left = f"{app}({data})"
            case _:
                raise AssertionError(f"no application that is known here: {app}")
        return at + 1

    async def _expand(self, text: str, values: Mapping[str, str]) -> str:
        """Inside out, as Asterisk does."""
        while found := re.search(r"\$\{([^${}]*)\}", text):
            text = text[: found.start()] + await self._value(found[1], values) + text[found.end() :]
        return text

    async def _value(self, name: str, values: Mapping[str, str]) -> str:
        called = re.fullmatch(r"(\w+)\((.*)\)", name)
        if called is None:
            return {"EXTEN": self.extension, **values, **self.variables}.get(name, "")
        function, arguments = called[1], called[2]
        match function:
            case "URIENCODE":
                return quote(arguments, safe="")
            case "CALLERID":
                assert arguments == "num"
                return self.caller
            case "CURL":
                url, _, form = arguments.partition(",")
                return await self.curl(url, form)
            case "CUT":
                variable, separator, number = re.fullmatch(r"(\w+),(\\?.),(\d+)", arguments).groups()
                parts = self.variables.get(variable, "").split(separator[-1])
                return parts[int(number) - 1] if int(number) <= len(parts) else ""
        raise AssertionError(f"no function that is known here: {function}")


def _is_true(text: str) -> bool:
    """`$["a" = "b"]`."""
    compared = re.fullmatch(r'\$\["([^"]*)" = "([^"]*)"\]', text)
    assert compared, f"no expression that is known here: {text}"
    return compared[1] == compared[2]
