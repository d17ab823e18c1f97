"""The command line: a result on standard output, a refusal as one line of JSON on standard error."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tender_scoring import diagnose, evaluate, explain
from tender_scoring.__main__ import main
from tests.tender_scoring.cases import complete

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, **more):
    """Run the package as a command from the checkout."""
    command = [sys.executable, "-W", "error", "-m", "tender_scoring", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False, **more)


@pytest.fixture
def case_file(tmp_path):
    """A complete case in a file, with a bid whose name is not ASCII."""
    case = complete()
    case["bids"]["Pêche"] = case["bids"].pop("B")
    for entry in [*case["scores"], *case["agreed"]]:
        entry["bid"] = {"B": "Pêche"}.get(entry["bid"], entry["bid"])
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    return path


def test_evaluate_prints_the_result_whatever_the_locale(case_file):
    """evaluate prints the result as UTF-8 JSON, indented by 1, and exits 0, in a C locale too."""
    finished = run("evaluate", case_file, env=os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert (finished.returncode, finished.stderr) == (0, b"")
    document = json.loads(case_file.read_text(encoding="utf-8"))
    printed = json.dumps(evaluate(document).to_dict(), ensure_ascii=False, indent=1) + "\n"
    assert finished.stdout.decode() == printed


def test_explain_and_diagnose_print_what_the_functions_return(case_file, capfdbinary):
    """explain prints the text of the steps, diagnose the diagnostics as JSON."""
    document = json.loads(case_file.read_text(encoding="utf-8"))
    assert main(["explain", str(case_file)]) == 0
    assert capfdbinary.readouterr().out.decode() == explain(evaluate(document))
    assert main(["diagnose", str(case_file)]) == 0
    assert json.loads(capfdbinary.readouterr().out) == diagnose(document).to_dict()


@pytest.mark.parametrize("command", ["evaluate", "explain", "diagnose"])
def test_the_commands_need_nothing_but_the_package(command, case_file, tmp_path):
    """The package's files alone, as a wheel holds them, print from any folder what they print in the checkout."""
    shutil.copytree(ROOT / "tender_scoring", tmp_path / "site" / "tender_scoring")
    (tmp_path / "elsewhere").mkdir()
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tender_scoring", command, "../case.json"],
        cwd=tmp_path / "elsewhere",
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, b"")
    assert finished.stdout == run(command, case_file).stdout


@pytest.mark.parametrize("command", ["evaluate", "explain", "diagnose"])
def test_an_invalid_case_is_one_line_of_json_and_exit_2(command, tmp_path, capsys):
    """Every command refuses an invalid case with code, message and place, and prints nothing else."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(complete() | {"bids": {}}), encoding="utf-8")
    assert main([command, str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert json.loads(printed.err) == {"code": "no_bids", "message": "There is no bid.", "where": "/bids"}


def test_a_file_that_cannot_be_read_is_refused(tmp_path, capsys):
    """A missing file, and a directory, are refused like a case."""
    for path in (tmp_path / "absent.json", tmp_path):
        assert main(["evaluate", str(path)]) == 2
        assert json.loads(capsys.readouterr().err)["code"] == "not_readable"


def test_a_file_of_200_megabytes_is_refused_without_reading_it_all(tmp_path):
    """A sparse file of 200 MB is refused as too large; no more than the limit and one byte is read."""
    path = tmp_path / "case.json"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    finished = run("evaluate", path)
    assert finished.returncode == 2
    assert json.loads(finished.stderr) == {
        "code": "too_large",
        "message": "The document is larger than 67108864 bytes.",
        "where": "",
    }


def test_a_reader_that_stops_early_is_no_fault(case_file):
    """Closing the pipe after the first line gives no traceback."""
    command = f'"{sys.executable}" -m tender_scoring explain "{case_file}" | head -1'
    finished = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert finished.stderr == b""
    assert finished.stdout.startswith(b"Method ")
