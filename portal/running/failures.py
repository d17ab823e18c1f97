"""What stops a start: one sentence for the person at the keyboard."""

from __future__ import annotations

from pathlib import Path


class StartFailed(RuntimeError):
    """Something that is needed is missing or refused; the message is a sentence, perhaps with a log's end."""


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, indented for showing below a sentence; empty when there is no log."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return ""
    return "".join(f"\n    {line}" for line in lines)
