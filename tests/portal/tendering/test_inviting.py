"""Who is invited: the active members at the time, nobody else, whatever anybody would prefer."""

from __future__ import annotations

import ast
import hashlib
import inspect
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import NotFound
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import FrameworkLot
from portal.frameworks.states import AdmissionStatus
from portal.regulation.kinds import FrameworkKind, IttKind
from portal.tendering import inviting
from portal.tendering.inviting import invite_newly_admitted
from portal.tendering.models import Invitation, InvitationToTender
from tests.factories.bidding import close_now, submitter_of
from tests.factories.calling_off import published_call_off, ready_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.factories.tendering import publish

Count = Callable[[], AbstractContextManager[list[str]]]
DAY = timedelta(days=1)
STATES = ("active", "paused", "pause over", "suspended", "suspension over", "removal proposed", "removed", "left")


def put_into(admission: Admission, state: str) -> None:
    """Let the membership be in that state now."""
    now = clock.now()
    if state.startswith("paus"):
        admission.paused_at = now - 2 * DAY
        admission.paused_until = now + DAY if state == "paused" else now - DAY
    if state.startswith("suspen"):
        admission.suspended_at, admission.suspension_reason = now - 2 * DAY, "Under the terms."
        admission.suspended_until = None if state == "suspended" else now - DAY
    if state.startswith("remov"):
        admission.status = AdmissionStatus.REMOVAL_PROPOSED
        admission.reasons_sent_at = now
    if state == "removed":
        admission.status, admission.ended_at = AdmissionStatus.REMOVED, now
    if state == "left":
        admission.status, admission.ended_at = AdmissionStatus.LEFT, now
    db.session.flush()


ACTIVE = {"active", "pause over", "suspension over", "removal proposed"}


def invited_to(itt: InvitationToTender) -> list[object]:
    return sorted(db.session.scalars(select(Invitation.provider_id).where(Invitation.itt_id == itt.id)))


@settings(max_examples=12)
@given(states=st.lists(st.sampled_from(STATES), max_size=8))
def test_the_invited_are_the_active_members(db_session: object, states: list[str]) -> None:
    """Exactly those, recorded with their number and the digest of their sorted ids; other lots do not matter."""
    framework = live_framework(lots=2)
    lot, other = framework.lots
    admit(other)
    members = [(admit(lot), state) for state in states]
    for admission, state in members:
        put_into(admission, state)
    itt = published_call_off(lot)
    expected = sorted(admission.provider_id for admission, state in members if state in ACTIVE)
    assert invited_to(itt) == expected
    event = next(event for event in events_of(itt.id) if event.kind == "invitations_issued")
    listed = "\n".join(sorted(str(provider) for provider in expected))
    assert (event.data["count"], event.data["providers_sha256"]) == (
        len(expected),
        hashlib.sha256(listed.encode()).hexdigest(),
    )


def test_nothing_takes_a_name_off_the_list(db_session: object) -> None:
    """The module has four acts, and no statement of the product deletes an invitation or writes one otherwise."""
    tree = ast.parse(inspect.getsource(inviting))
    public = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}
    assert public == {
        "invite_admitted_providers",
        "invite_newly_admitted",
        "digest_of",
    }
    assert "delete" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    itt = published_call_off(_lot_with(2))
    assert not hasattr(itt, "invitations")


def test_a_direct_award_invites_its_one_provider(db_session: object) -> None:
    """Of three members only the chosen one."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms="Where one is left.").lots[0]
    chosen = [admit(lot) for _ in range(3)][1].provider
    itt = published_call_off(lot, kind=IttKind.DIRECT_AWARD, provider=chosen)
    assert invited_to(itt) == [chosen.id]


def test_whoever_joins_later_is_invited_with_the_same_deadline(db_session: object) -> None:
    """Once, to every open call-off of the lot: not to closed ones, drafts, direct awards or other lots."""
    framework = live_framework(lots=2, kind=FrameworkKind.FRAMEWORK, direct_award_terms="Where one is left.")
    lot, other = framework.lots
    first = admit(lot)
    admit(other)
    running = sorted([published_call_off(lot), published_call_off(lot)], key=lambda itt: itt.id)
    closed, draft = published_call_off(lot), ready_call_off(lot)
    close_now(closed)
    published_call_off(lot, kind=IttKind.DIRECT_AWARD, provider=first.provider)
    published_call_off(other)
    before = [itt.closes_at for itt in running]
    late = admit(lot)
    assert invite_newly_admitted(admission_id=late.id, now=clock.now()) == [itt.id for itt in running]
    assert invite_newly_admitted(admission_id=late.id, now=clock.now()) == []
    theirs = db.session.scalars(select(Invitation.itt_id).where(Invitation.provider_id == late.provider_id)).all()
    assert sorted(theirs) == [itt.id for itt in running]
    assert [itt.closes_at for itt in running] == before
    event = events_of(running[0].id)[-1]
    assert (event.kind, event.data["provider"]) == ("provider_invited_late", str(late.provider_id))
    assert draft.published_at is None


def test_a_paused_newcomer_is_not_invited(db_session: object) -> None:
    """It is when the pause has ended: asking again then finds it."""
    lot = _lot_with(1)
    itt = published_call_off(lot)
    late = admit(lot)
    put_into(late, "paused")
    assert invite_newly_admitted(admission_id=late.id, now=clock.now()) == []
    put_into(late, "pause over")
    assert invite_newly_admitted(admission_id=late.id, now=clock.now()) == [itt.id]
    with pytest.raises(NotFound):
        invite_newly_admitted(admission_id=itt.id, now=clock.now())


def _statements(count: Count, members: int) -> int:
    itt = ready_call_off(_lot_with(members))
    db.session.commit()
    with count() as statements:
        publish(itt)
    return len(statements)


def test_publishing_takes_as_many_statements_for_one_member_as_for_thirty(
    db_session: object, count_statements: Count
) -> None:
    """The list is one INSERT ... SELECT."""
    assert _statements(count_statements, 1) == _statements(count_statements, 30)


def test_five_thousand_members_are_invited_in_work_that_grows_with_their_number_alone(db_session: Any) -> None:
    """For each of 5,001 invitations PostgreSQL reads a handful of rows, its foreign keys' included."""
    lot = _lot_with(1)
    itt = ready_call_off(lot)
    actor = submitter_of()
    db.session.execute(_MANY, {"framework": lot.framework_id, "lot": lot.id})
    before = db.session.scalar(_ROWS_READ)
    assert inviting.invite_admitted_providers(itt=itt, actor=actor, at=clock.now()) == 5_001
    assert (db.session.scalar(_ROWS_READ) - before) / 5_001 < 12


_ROWS_READ = text("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
_MANY = text(
    """
    WITH made AS (
        INSERT INTO provider (id, name, company_number, address, postcode, is_sme, is_vcse)
        SELECT gen_random_uuid(), 'Provider ' || n, (50000000 + n)::text, '', '', true, false
        FROM generate_series(1, 5000) n RETURNING id
    )
    INSERT INTO admission (id, framework_id, lot_id, provider_id, status, admitted_at)
    SELECT gen_random_uuid(), :framework, :lot, id, 'active', clock_timestamp() FROM made
    """
)


def _lot_with(members: int) -> FrameworkLot:
    lot = live_framework().lots[0]
    for _ in range(members):
        admit(lot)
    return lot


def test_an_admission_while_a_call_off_is_published_is_invited_exactly_once(fresh_app: Flask) -> None:
    """The provider is admitted after the list was made and told about before it is committed: it is in it, once."""
    with fresh_app.app_context():
        lot = _lot_with(2)
        itt = ready_call_off(lot)
        ids = (lot.id, itt.id)
        provider_id = make_provider().id
        db.session.commit()
        listed, told = threading.Event(), threading.Event()
        invited: list[list[object]] = []

        def join() -> None:
            with fresh_app.app_context():
                listed.wait(10)
                admission = Admission(
                    framework_id=db.session.get_one(FrameworkLot, ids[0]).framework_id,
                    lot_id=ids[0],
                    provider_id=provider_id,
                    admitted_at=clock.now(),
                )
                db.session.add(admission)
                db.session.commit()
                told.set()
                invited.append(list(invite_newly_admitted(admission_id=admission.id, now=clock.now())))
                db.session.commit()

        thread = threading.Thread(target=join)
        thread.start()
        publish(itt)
        listed.set()
        assert told.wait(10)
        time.sleep(0.2)
        assert invited == [], "it must wait for the publication"
        db.session.commit()
        thread.join(timeout=10)
        assert invited == [[ids[1]]]
        found = db.session.scalars(select(Invitation.provider_id).where(Invitation.itt_id == ids[1])).all()
        assert (len(found), found.count(provider_id)) == (3, 1)


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM invitation", "UPDATE invitation SET invited_at = now()", "UPDATE invitation SET itt_id = itt_id"],
)
def test_the_database_takes_nobody_off_the_list(db_session: object, statement: str) -> None:
    """The application's own role cannot remove an invitation or make it another's (PCR2015 reg 34(21))."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    admit(lot)
    published_call_off(lot)
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text(statement))
    assert len(db.session.scalars(select(Invitation)).all()) == 1
