"""Events and what follows from them."""

from __future__ import annotations

import ast

import pytest

from portal.audit.kinds import EventKind
from tests.architecture.source import imports, modules, parsed


@pytest.mark.usefixtures("worker_environment")
def test_every_kind_of_event_has_an_entry() -> None:
    """The table of reactions names every kind, if only to say that nothing follows."""
    from worker.reactions import REACTIONS

    assert sorted(REACTIONS) == sorted(EventKind)


@pytest.mark.usefixtures("worker_environment")
def test_every_scheduled_task_exists() -> None:
    """What the timer sends, and what the web process nudges, is a task of the worker."""
    from portal.web.nudging import DRAIN_TASK
    from worker.app import celery
    from worker.timer import TASKS

    celery.loader.import_default_modules()
    sent = {task.name for task in TASKS} | {DRAIN_TASK}
    assert sorted(sent - celery.tasks.keys()) == []


@pytest.mark.usefixtures("worker_environment")
def test_only_the_queue_that_is_consumed_is_used() -> None:
    """No task is routed away from the one queue that `portal worker` consumes."""
    from worker.app import celery

    assert celery.conf.task_routes is None
    assert celery.conf.task_default_queue == "celery"
    assert [task.name for task in celery.tasks.values() if getattr(task, "queue", None)] == []


READERS_OF_THE_LEDGER = {
    "portal.awarding.queries": "when the award notice was announced",
    "portal.bidding.reconciling": "compares the ledger with what is stored",
    "portal.dashboards.queries": "a procurement's timeline",
    "portal.evaluation.reading": "whether a viewing is on record already: evidence about evidence",
    "portal.privacy.exporting": "what somebody did, for themself",
    "portal.reporting.gathering": "what each person read of a bid, for the report",
    "portal.joining.timeline": "an application's and a member's timeline",
    "portal.scenarios.building": "waits for what the worker records",
}


def test_the_ledger_is_evidence_and_not_state() -> None:
    """Nobody but the ledger's own package, notices and timelines asks what is in it: state stands in columns."""
    readers = {
        name
        for name, path in modules().items()
        if name.startswith("portal.") and not name.startswith(("portal.audit.", "portal.notices."))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Event" and node.attr != "id"
    }
    assert sorted(readers - READERS_OF_THE_LEDGER.keys()) == []


def test_stages_send_no_tasks() -> None:
    """No activity sends a task: the outbox does, after the commit."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if name.startswith("portal.") and name != "portal.web.nudging" and not name.startswith("portal.running")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"delay", "apply_async", "send_task"}
    ]
    assert wrong == []


def test_only_the_worker_knows_celery() -> None:
    """Beside the worker, Celery is imported by the nudge and by what starts processes."""
    users = {name for name, path in modules().items() if any(t.split(".")[0] == "celery" for t in imports(path))}
    assert {name for name in users if not name.startswith("worker")} <= {
        "portal.web.nudging",
        "portal.running.celery",
        "portal.running.readiness",
    }


@pytest.mark.usefixtures("worker_environment")
def test_the_timer_looks_after_every_task() -> None:
    """Nothing that the worker can do waits for a nudge alone."""
    from worker.app import celery
    from worker.timer import TASKS

    celery.loader.import_default_modules()
    ours = {name for name in celery.tasks if name.startswith("worker.")}
    assert sorted(ours) == sorted(task.name for task in TASKS)


def test_no_letter_writes_a_path() -> None:
    """A letter names the page by its endpoint, so that a renamed page fails the letter's test and not its reader."""
    written = [
        f"{name}: {node.value}"
        for name, path in modules().items()
        if name.startswith("portal.notifications.letters")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/")
    ]
    assert written == []
