"""Opening a framework, dynamic purchasing system or dynamic market to providers, and what is fixed then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.drafts import NotReady
from portal.core.errors import NotAllowed, NotFound, PortalError
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.drafting import set_terms
from portal.frameworks.going_live import go_live
from portal.frameworks.models import Framework
from portal.frameworks.queries import find_framework
from portal.frameworks.questionnaire import read
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.terms import TermsFrozen
from portal.regulation.kinds import FrameworkKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import draft_framework, live_framework
from tests.factories.tendering import make_commissioner

if TYPE_CHECKING:
    from flask import Flask


def lead(framework: Framework) -> Actor:
    """A commissioner of the authority that leads it."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_going_live_freezes_and_hashes_the_questionnaire(db_session: object, kind: FrameworkKind) -> None:
    """The hash is that of the canonical form, and the ledger's entry carries it with the validity."""
    framework = draft_framework(kind=kind, lots=2, light_touch=False)
    now = clock.now()
    go_live(framework=framework, actor=lead(framework), now=now)
    assert (framework.status, framework.live_at) == (FrameworkStatus.LIVE, now)
    assert framework.questionnaire_hash == read(framework.questionnaire).hash()
    assert framework.light_touch
    event = events_of(framework.id)[-1]
    assert (event.kind, event.data["questionnaire_hash"]) == ("framework_went_live", framework.questionnaire_hash)
    assert (event.data["framework_kind"], event.data["lots"], event.data["central_reference"]) == (
        kind.value,
        2,
        "012345-2026",
    )


def test_what_was_not_established_yet_is_established_today(db_session: object) -> None:
    """The day in Europe/London."""
    framework = draft_framework(established_on=None)
    go_live(framework=framework, actor=lead(framework), now=clock.now())
    assert framework.established_on == clock.today()


def test_an_unready_draft_is_refused_with_everything_that_is_missing(db_session: object) -> None:
    """Everything at once, in the order of the tasks, and nothing happened."""
    framework = draft_framework(
        description=" ",
        valid_until=None,
        how_it_works="",
        publication_reference=None,
        fee_percent=Decimal("0.5"),
        kind=FrameworkKind.FRAMEWORK,
        suspension_terms="",
    )
    framework.participants.clear()
    framework.criteria[1].highest_weight = Decimal(20)
    framework.lots[0].cpv_codes = ["80340000"]
    with pytest.raises(NotReady) as refused:
        go_live(framework=framework, actor=lead(framework), now=clock.now())
    assert [(problem.task.value, problem.message) for problem in refused.value.problems] == [
        ("about", "Describe what is bought."),
        ("term", "Give the last day of its validity."),
        ("terms", "Say how providers join and how work is called off."),
        ("lots", "Lot 1 has the CPV code 80340000, which the whole does not have."),
        ("participants", "Name at least one authority that has committed itself: only those can call off."),
        ("publication", "Give the reference of the notice on Find a Tender, or say why there is none."),
    ]
    assert refused.value.message == "Describe what is bought. There are 5 more to put right."
    assert (framework.status, events_of(framework.id)) == (FrameworkStatus.DRAFT, [])


def test_a_draft_without_content_names_each_part(db_session: object) -> None:
    """No lots, no criteria, weights that no call-off could keep, a question for a lot that is not there."""
    bare = draft_framework(lots=0)
    bare.criteria.clear()
    low, high = draft_framework(lots=2), draft_framework()
    low.criteria[0].highest_weight = Decimal(30)
    low.criteria[0].lowest_weight = Decimal(30)
    high.criteria[0].lowest_weight = high.criteria[0].highest_weight = Decimal(90)
    low.lots.pop()
    for framework, expected in (
        (bare, {"lots", "criteria"}),
        (low, {"criteria", "questions"}),
        (high, {"criteria"}),
    ):
        with pytest.raises(NotReady) as refused:
            go_live(framework=framework, actor=lead(framework), now=clock.now())
        assert {problem.task.value for problem in refused.value.problems} == expected


def test_the_law_is_checked_again_at_the_last_moment(db_session: object) -> None:
    """What was written past the activities does not go live: a suspension of a market, a window of one."""
    market = draft_framework(suspension_terms="At will.", direct_award_terms="Always.")
    with pytest.raises(NotReady) as refused:
        go_live(framework=market, actor=lead(market), now=clock.now())
    assert [problem.task.value for problem in refused.value.problems] == ["terms", "terms"]
    over = draft_framework()
    with pytest.raises(NotReady, match="Its last day has passed already"):
        go_live(framework=over, actor=lead(over), now=over.valid_until)  # type: ignore[arg-type]


def test_only_the_leads_commissioner_and_once(db_session: object) -> None:
    """Another role, another authority, and a second time are refused."""
    framework = draft_framework()
    now = clock.now()
    with pytest.raises(NotAllowed):
        go_live(
            framework=framework,
            actor=actor_of(make_person(Role.APPROVER, authority=framework.authority)),
            now=now,
        )
    with pytest.raises(NotFound):
        go_live(framework=framework, actor=make_commissioner(), now=now)
    go_live(framework=framework, actor=lead(framework), now=now)
    with pytest.raises(TermsFrozen):
        go_live(framework=framework, actor=lead(framework), now=now)


OF = "WHERE framework_id = :id"
FROZEN = {
    "kind": "UPDATE framework SET kind = 'framework' WHERE id = :id",
    "regime": "UPDATE framework SET regime = 'pcr2015' WHERE id = :id",
    "light touch": "UPDATE framework SET light_touch = NOT light_touch WHERE id = :id",
    "questionnaire": "UPDATE framework SET questionnaire = '{}' WHERE id = :id",
    "hash": "UPDATE framework SET questionnaire_hash = 'x' WHERE id = :id",
    "establishment": "UPDATE framework SET established_on = '2020-01-01' WHERE id = :id",
    "beginning": "UPDATE framework SET valid_from = valid_from - interval '1 second' WHERE id = :id",
    "end": "UPDATE framework SET valid_until = valid_until + interval '1 second' WHERE id = :id",
    "time to decide": "UPDATE framework SET decision_days = 99 WHERE id = :id",
    "fee": "UPDATE framework SET fee_percent = 1 WHERE id = :id",
    "suspension": "UPDATE framework SET suspension_terms = 'x' WHERE id = :id",
    "direct award": "UPDATE framework SET direct_award_terms = 'x' WHERE id = :id",
    "lot": f"UPDATE framework_lot SET definition = 'x' {OF}",
    "new lot": "INSERT INTO framework_lot (id, framework_id, number, title, definition, cpv_codes, areas, "
    "placement_types) VALUES (gen_random_uuid(), :id, 99, 'x', 'x', '{}', '{}', '{}')",
    "gone lot": f"DELETE FROM framework_lot {OF}",
    "band": f"UPDATE band SET title = 'x' WHERE lot_id IN (SELECT id FROM framework_lot {OF})",
    "gone band": f"DELETE FROM band WHERE lot_id IN (SELECT id FROM framework_lot {OF})",
    "criterion": f"UPDATE framework_criterion SET highest_weight = 100 {OF}",
    "gone criterion": f"DELETE FROM framework_criterion {OF}",
}


@pytest.mark.parametrize("change", FROZEN)
def test_the_database_refuses_every_change_of_the_terms(db_session: Any, change: str) -> None:
    """Whatever the application does: providers joined under them."""
    framework = live_framework(bands=1)
    db_session.commit()
    with pytest.raises(IntegrityError, match="cannot be changed"):
        db_session.execute(text(FROZEN[change]), {"id": framework.id})
    db_session.rollback()


@pytest.mark.parametrize("change", FROZEN)
def test_a_draft_can_be_changed(db_session: Any, change: str) -> None:
    """The same statements pass on a draft, so the refusal above is the trigger's."""
    framework = draft_framework(bands=1, lots=1)
    db_session.flush()
    assert db_session.execute(text(FROZEN[change]), {"id": framework.id}).rowcount > 0


def test_no_fee_stands_on_a_dps(db_session: Any) -> None:
    """The database holds that too (PCR2015 reg 34(29))."""
    framework = draft_framework(kind=FrameworkKind.DPS)
    db_session.commit()
    with pytest.raises(IntegrityError, match="no_fee_on_a_dps"):
        db_session.execute(text(FROZEN["fee"]), {"id": framework.id})
    db_session.rollback()


def test_editing_and_going_live_take_turns(fresh_app: Flask) -> None:
    """An edit that waits for it finds it live; the frozen terms are what was checked."""
    with fresh_app.app_context():
        framework = draft_framework()
        actor, reference = lead(framework), framework.reference
        db.session.commit()
    locked, outcome = threading.Event(), list[str]()
    late = _in_thread(fresh_app, lambda: _edit(reference, actor, locked, outcome))
    with fresh_app.app_context():
        found = find_framework(reference)
        go_live(framework=found, actor=actor, now=clock.now())
        locked.set()
        late.join(0.5)
        assert late.is_alive()
        db.session.commit()
        late.join(10)
        db.session.expire_all()
        assert outcome == ["terms_frozen"]
        assert found.decision_days == 10


def _edit(reference: str, actor: Actor, locked: threading.Event, outcome: list[str]) -> None:
    framework = find_framework(reference)
    locked.wait(10)
    try:
        set_terms(framework=framework, how_it_works="Otherwise.", decision_days=5, actor=actor)
    except PortalError as refusal:
        outcome.append(refusal.code)
    db.session.rollback()


def _in_thread(app: Flask, act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        with app.app_context():
            act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
