"""How a command answers: lines for people or one JSON document for programs, and an exit code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SOUND, FINDING, COULD_NOT_RUN = 0, 1, 2


class CouldNotRun(RuntimeError):
    """A command cannot do its work; the message says why in one sentence."""


@dataclass(frozen=True)
class Answer:
    """What a command found: the document, the same in lines, and 0 (sound) or 1 (a finding)."""

    document: Any
    lines: Sequence[str] = field(default_factory=tuple)
    code: int = SOUND


def give(answer: Answer, arguments: argparse.Namespace) -> int:
    """Print an answer as the arguments ask and return its exit code."""
    if getattr(arguments, "json", False) and answer.document is not None:
        print(json.dumps(answer.document, ensure_ascii=False, default=str))
    else:
        for line in answer.lines:
            print(line)
    return answer.code


def refuse(sentence: object) -> int:
    """Print why a command could not run, and return 2."""
    print(sentence, file=sys.stderr)
    return COULD_NOT_RUN
