"""What an examination of one part says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "limited", "missing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok`: works. `limited`: calls are served, something is lost. `missing`: no call can be served."""

    part: str
    state: State
    found: str
    mend: str = ""
