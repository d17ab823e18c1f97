"""`python -m tender_scoring evaluate|explain|diagnose CASE.json`"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence

from tender_scoring.case import Case
from tender_scoring.case_reading import read_case
from tender_scoring.diagnosing import diagnose
from tender_scoring.documents import MAX_BYTES
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.evaluation import evaluate
from tender_scoring.explaining import explain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command on one case: print and return 0, or name the fault on standard error and return 2."""
    parser = argparse.ArgumentParser(prog="python -m tender_scoring", description="Execute a method statement.")
    parser.add_argument("command", choices=sorted(_COMMANDS))
    parser.add_argument("case", metavar="CASE.json")
    options = parser.parse_args(arguments)
    try:
        text = _COMMANDS[options.command](read_case(_read_bytes(options.case)))
    except InvalidCase as refusal:
        print(json.dumps(refusal.to_dict()), file=sys.stderr)
        return 2
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # `explain CASE.json | head` is no fault; the exit must not flush again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _read_bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)  # one more than is allowed shows that it is too large
    except OSError as error:
        raise InvalidCase(Code.NOT_READABLE, f"The file cannot be read: {error.strerror}.") from None


_COMMANDS: dict[str, Callable[[Case], str]] = {
    "evaluate": lambda case: evaluate(case).to_json() + "\n",
    "explain": lambda case: explain(evaluate(case)),
    "diagnose": lambda case: json.dumps(diagnose(case).to_dict(), ensure_ascii=False, indent=1) + "\n",
}

if __name__ == "__main__":
    sys.exit(main())
