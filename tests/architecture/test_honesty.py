"""What the tests themselves may not do."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.source import ROOT, imports, parsed

# A clock that only runs forwards serves to give up waiting; these serve to measure.
STOPWATCHES = {
    *("perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "monotonic_ns", "thread_time"),
    *("timeit", "getrusage", "clock_gettime"),
}


def test_no_test_measures_time() -> None:
    """What takes how long on a busy machine proves nothing: tests count statements and rows, benchmarks/ measures."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if any(name.split(".")[-1] in STOPWATCHES for name in imports(path)) or _reads_a_stopwatch(path)
    ]
    assert wrong == []


def _reads_a_stopwatch(path: Path) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in STOPWATCHES for node in ast.walk(parsed(path)))
