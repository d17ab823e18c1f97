"""Who may import whom, and what a stage may not touch."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys

from flask import Flask

from tests.architecture.source import ROOT, functions, imports, is_web, modules, parsed, stage_modules

WEB_LIBRARIES = ("flask", "flask_login", "flask_wtf", "wtforms", "celery", "werkzeug")
READ_AND_WRITE_CSV = ["portal.core.spreadsheet", "portal.importing.files"]


def test_the_import_contracts_hold() -> None:
    """import-linter keeps every contract of setup.cfg."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run(
        [*command, "--config", "setup.cfg", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_package_is_missing_from_a_contract() -> None:
    """Every package stands in the layers, and starting and stopping may import none that knows of procurement."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    layers = settings["importlinter:contract:stages"]["layers"].replace("|", " ").replace(" : ", " ").split()
    packages = {f"portal.{path.parent.name}" for path in (ROOT / "portal").glob("*/__init__.py")} - {"portal.running"}
    assert packages - set(layers) == set()
    forbidden = settings["importlinter:contract:running"]["forbidden_modules"].split()
    assert set(forbidden) == packages | {"portal.app", "portal.tables", "worker"}


def test_only_views_import_forms() -> None:
    """A form is known to views, and to other forms."""
    wrong = {
        name: sorted(found)
        for name, path in modules().items()
        if not is_web(name) and name != "portal.web.forms"
        if (found := {target for target in imports(path) if target.startswith("portal.") and ".forms" in target})
    }
    assert wrong == {}


def test_only_the_app_imports_views() -> None:
    """No module but portal/app.py imports a views module; views of one stage may share what they load."""
    wrong = {
        name: sorted(found)
        for name, path in modules().items()
        if name != "portal.app"
        if (found := {target for target in imports(path) if _views_of_another(name, target)})
    }
    assert wrong == {}


def _views_of_another(name: str, target: str) -> bool:
    package, views, _rest = target.partition(".views")
    return package.startswith("portal.") and bool(views) and not name.startswith(f"{package}.views.")


def test_stages_know_neither_flask_nor_celery() -> None:
    """Models, states, rules, queries and activities import no web library themselves."""
    wrong = {
        name: sorted(found)
        for name, path in stage_modules().items()
        if not is_web(name)
        if (found := {target for target in imports(path) if target.split(".")[0] in WEB_LIBRARIES})
    }
    assert wrong == {}


def test_stages_know_no_pages() -> None:
    """What decides, asks or writes in a stage imports nothing of portal.web: only views and forms do."""
    wrong = {
        name: sorted(found)
        for name, path in stage_modules().items()
        if not is_web(name)
        if (found := {target for target in imports(path) if target.startswith("portal.web")})
    }
    assert wrong == {}


TONES = frozenset({"neutral", "info", "progress", "success", "warning", "danger", "muted"})


def test_stages_know_no_tones() -> None:
    """How urgent something looks is said in templates: no stage's module but its views names a tag's tone."""
    wrong = [
        f"{name}:{node.lineno} {node.value}"
        for name, path in stage_modules().items()
        if not is_web(name)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in TONES
    ]
    assert wrong == []


def test_stages_know_no_endpoints(app: Flask) -> None:
    """Where something is done is said in templates and views: no other module of a stage names a page."""
    endpoints = set(app.view_functions)
    wrong = [
        f"{name}:{node.lineno} {node.value}"
        for name, path in stage_modules().items()
        if not is_web(name)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in endpoints
    ]
    assert wrong == []


LOCKING = {
    "portal.core.taking": "the one step",
    "portal.accounts.handed_codes": "a code is found by its hash, and used up by the first",
    "portal.accounts.second_factor": "a code is used up in a transaction of its own",
    "portal.awarding.standstill": "whatever is due, what others hold is theirs",
    "portal.bidding.closing": "the bidder's key alone, so that its bids take turns",
    "portal.bidding.drafting": "some columns of the invitation before a bid is begun",
    "portal.evaluation.safeguarding.escalating": "whatever is due, what others hold is theirs",
    "portal.evaluation.safeguarding.holding": "the newest version at a place, found by the place",
    "portal.evaluation.scoring": "a member's scorecards, found by the member",
    "portal.joining.evidence": "whatever lapses, what others hold is theirs",
    "portal.members.pausing": "whatever is due, what others hold is theirs",
    "portal.joining.submitting": "the documents that a version cites, all at once",
    "portal.tendering.closing": "whatever is due, what others hold is theirs",
    "portal.tendering.inviting": "the lot's key alone",
    "portal.tendering.clarifying.answering": "every answer that is written, all at once",
}


def test_rows_are_locked_in_one_place() -> None:
    """A row is locked, read afresh and judged by portal.core.taking; who else locks says here why."""
    found = {
        name
        for name, path in modules().items()
        if name.startswith("portal.") and name != "portal.audit.outbox"
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Attribute) and node.attr == "with_for_update")
        or (isinstance(node, ast.keyword) and node.arg == "with_for_update")
    }
    assert found == set(LOCKING)


def test_nobody_judges_before_the_lock() -> None:
    """A function that takes a row does not ask the policy about it beforehand: the answer might not hold."""
    wrong = []
    for name, path in stage_modules().items():
        for node in functions(path):
            calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
            locks = [call.lineno for call in calls if ast.unparse(call.func) in {"take", "lock"}]
            asked = [call.lineno for call in calls if ast.unparse(call.func) == "policy.require"]
            wrong += [f"{name}:{line}" for line in asked if locks and line < max(locks)]
    assert wrong == []


def test_scoring_stands_alone() -> None:
    """tender_scoring imports the standard library and numpy, nothing else."""
    allowed = sys.stdlib_module_names | {"numpy", "tender_scoring"}
    wrong = {
        name: sorted(found)
        for name, path in modules().items()
        if name.startswith("tender_scoring")
        if (found := {target for target in imports(path) if target.split(".")[0] not in allowed})
    }
    assert wrong == {}


def test_stages_do_not_commit() -> None:
    """One commit a request or task, at the boundary: no stage calls commit."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in stage_modules().items()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert wrong == []


def test_only_the_clock_reads_the_clock() -> None:
    """Outside core/clock.py nobody asks for the time of day (starting and stopping processes apart)."""
    wrong = [
        f"{name}:{node.lineno} {ast.unparse(node.func)}"
        for name, path in modules().items()
        if name != "portal.core.clock" and not name.startswith("portal.running")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and _reads_the_clock(node.func)
    ]
    assert wrong == []


def _reads_the_clock(function: ast.expr) -> bool:
    return ast.unparse(function) in {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "func.now",
        "func.current_timestamp",
    }


def test_package_files_are_empty() -> None:
    """Every __init__.py of the portal is empty, so that importing a package imports nothing else."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules().values()
        if path.name == "__init__.py" and path.parts[-2] != "tender_scoring" and path.read_text().strip()
    ]
    assert wrong == []


def test_activities_take_keywords_only() -> None:
    """An activity, which takes who acts and when, takes everything by name."""
    wrong = [
        f"{name}.{node.name}"
        for name, path in stage_modules().items()
        if not is_web(name)
        for node in functions(path)
        if {"actor", "now"} <= {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
        if node.args.args and not node.name.startswith("_")
    ]
    assert wrong == []


def test_one_module_writes_spreadsheets_and_one_reads_them() -> None:
    """What makes a file safe to open, and to read, cannot be forgotten by a second module."""
    assert [name for name, path in modules().items() if "csv" in imports(path)] == READ_AND_WRITE_CSV
    sent = [name for name, path in modules().items() if "text/csv" in path.read_text()]
    assert sent == ["portal.core.inspecting", "portal.web.downloads"]
