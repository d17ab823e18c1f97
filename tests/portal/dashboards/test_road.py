"""Where a procurement stands, and what there is to do, for every status and role."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from portal.core.approval import Half
from portal.core.permissions import AUTHORITY_ROLES, Actor, Role
from portal.dashboards.next_steps import SECOND, steps_for
from portal.dashboards.proposals import Waits
from portal.dashboards.road import stages_of
from portal.dashboards.situation import Situation, Wait
from portal.regulation.kinds import IttKind, Regime
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
AUTHORITY = uuid.uuid4()
PROPOSER = uuid.uuid4()

UNANNOUNCED = Situation(has_result=True, has_lot_to_propose=False, decided_at=NOW)
DECIDED = replace(UNANNOUNCED, is_announced=True)
RUNNING = replace(DECIDED, standstill=Wait.RUNNING, last_date=date(2026, 12, 4))
WITHOUT_NUMBER = replace(UNANNOUNCED, notices_waiting=["Contract award notice"])
END = "End it without an award"
PLACE = "Publish the {} notice on Find a Tender"
WAITING_FOR_APPROVER = Situation(has_result=True, proposers=frozenset({Half(PROPOSER, NOW)}), has_lot_to_propose=False)


def waiting(*acts: Waits) -> Situation:
    """Somebody proposed each of these."""
    return Situation(proposals={act: frozenset({(Half(PROPOSER, NOW),)}) for act in acts})


def procurement(status: IttStatus, *, closed: bool = True) -> InvitationToTender:
    """An ITT in that status."""
    published = None if status is IttStatus.DRAFT else NOW - timedelta(days=30)
    opened = NOW - timedelta(days=1) if status not in {IttStatus.DRAFT, IttStatus.PUBLISHED} else None
    return InvitationToTender(
        authority_id=AUTHORITY,
        reference="ITT-7K3M9QX2",
        kind=IttKind.OPEN,
        regime=Regime.PA2023,
        light_touch=True,
        status=status,
        created_at=NOW - timedelta(days=40),
        published_at=published,
        opened_at=opened,
        closes_at=NOW + timedelta(days=-2 if closed else 2),
    )


def ended(reached: IttStatus, *, closed: bool = True) -> InvitationToTender:
    """One that was cancelled when it had come so far."""
    itt = procurement(reached, closed=closed)
    itt.status, itt.ended_from, itt.ended_at = IttStatus.CANCELLED, reached.value, NOW
    return itt


@pytest.mark.parametrize(
    ("itt", "situation", "current", "state"),
    [
        (procurement(IttStatus.DRAFT), Situation(), "Draft", "current"),
        (procurement(IttStatus.PUBLISHED, closed=False), Situation(), "Open for bids", "current"),
        (procurement(IttStatus.PUBLISHED), Situation(), "Opening", "current"),
        (procurement(IttStatus.OPENED), Situation(), "Scoring", "current"),
        (procurement(IttStatus.MODERATED), Situation(has_result=True), "Award", "current"),
        (procurement(IttStatus.AWARDED), RUNNING, "Standstill", "current"),
        (procurement(IttStatus.AWARDED), DECIDED, "Contract", "current"),
        (procurement(IttStatus.DISCARDED), Situation(), "Draft", "stopped"),
        (ended(IttStatus.PUBLISHED, closed=False), Situation(), "Open for bids", "stopped"),
        (ended(IttStatus.PUBLISHED), Situation(), "Opening", "stopped"),
        (ended(IttStatus.OPENED), Situation(), "Scoring", "stopped"),
        (ended(IttStatus.MODERATED), Situation(has_result=True), "Award", "stopped"),
        (ended(IttStatus.AWARDED), RUNNING, "Standstill", "stopped"),
    ],
)
def test_the_current_stage(itt: InvitationToTender, situation: Situation, current: str, state: str) -> None:
    """One stage is current (or stopped); those before it are done, those after it are to come."""
    stages = stages_of(itt, situation, now=NOW)
    place = [stage.text for stage in stages].index(current)
    assert [stage.state for stage in stages] == ["done"] * place + [state] + ["next"] * (len(stages) - 1 - place)


def test_the_end_of_the_road() -> None:
    """Under contract every stage is done, and says when."""
    concluded = Situation(True, True, frozenset(), False, NOW, Wait.OVER, date(2026, 12, 4), NOW)
    stages = {stage.text: stage for stage in stages_of(procurement(IttStatus.CONTRACTED), concluded, now=NOW)}
    assert {stage.state for stage in stages.values()} == {"done"}
    assert (stages["Standstill"].detail, stages["Contract"].at) == ("ended with 4 December 2026", NOW)


@pytest.mark.parametrize(
    ("wait", "detail"),
    [
        (Wait.WAITING, "begins with the award notice"),
        (Wait.RUNNING, "until the end of 4 December 2026"),
        (Wait.OVER, "ended with 4 December 2026"),
    ],
)
def test_the_standstill_in_words(wait: Wait, detail: str) -> None:
    """The stage says how the standstill stands, and nothing before its turn."""
    situation = Situation(standstill=wait, last_date=date(2026, 12, 4))
    told = {stage.text: stage.detail for stage in stages_of(procurement(IttStatus.AWARDED), situation, now=NOW)}
    assert told["Standstill"] == detail
    before = {stage.text: stage.detail for stage in stages_of(procurement(IttStatus.OPENED), situation, now=NOW)}
    assert before["Standstill"] == ""


@pytest.mark.parametrize("status", [IttStatus.AWARDED, IttStatus.CONTRACTED])
def test_a_road_without_a_standstill(status: IttStatus) -> None:
    """Whoever was awarded without one has six stages; before the award nobody knows, and there are seven."""
    stages = [stage.text for stage in stages_of(procurement(status), DECIDED, now=NOW)]
    assert (len(stages), stages[-2:]) == (6, ["Award", "Contract"])
    before = [stage.text for stage in stages_of(procurement(IttStatus.MODERATED), DECIDED, now=NOW)]
    assert (len(before), before[5]) == (7, "Standstill")


def acts(
    itt: InvitationToTender, situation: Situation, roles: Iterable[Role], person: uuid.UUID | None = None
) -> list[str]:
    """What waits for somebody with the roles."""
    actor = Actor(person or uuid.uuid4(), authority_id=AUTHORITY, authority_roles=frozenset(roles))
    return [step.text for step in steps_for(itt, situation, actor, NOW) if step.is_act]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("itt", "situation", "expected"),
    [
        (procurement(IttStatus.DRAFT), Situation(), {Role.COMMISSIONER: ["Finish the draft and publish it"]}),
        (
            procurement(IttStatus.PUBLISHED, closed=False),
            Situation(has_empty_panel=True),
            {Role.COMMISSIONER: ["Appoint the panels"]},
        ),
        (procurement(IttStatus.PUBLISHED, closed=False), Situation(), {}),
        (procurement(IttStatus.PUBLISHED), Situation(), {Role.OPENER: ["Open the bids"]}),
        (procurement(IttStatus.OPENED), Situation(), {}),
        (procurement(IttStatus.OPENED), Situation(has_empty_panel=True), {Role.COMMISSIONER: ["Appoint the panels"]}),
        (procurement(IttStatus.MODERATED), Situation(), {}),
        (procurement(IttStatus.MODERATED), Situation(has_result=True), {Role.COMMISSIONER: ["Propose the award"]}),
        (procurement(IttStatus.MODERATED), WAITING_FOR_APPROVER, {Role.APPROVER: ["Decide the award"]}),
        (procurement(IttStatus.AWARDED), RUNNING, {}),
        (
            procurement(IttStatus.AWARDED),
            DECIDED,
            {Role.COMMISSIONER: ["Conclude the contract"], Role.CONTRACT_MANAGER: ["Conclude the contract"]},
        ),
        (procurement(IttStatus.CONTRACTED), DECIDED, {}),
        (procurement(IttStatus.AWARDED), UNANNOUNCED, {}),
        (
            procurement(IttStatus.AWARDED),
            WITHOUT_NUMBER,
            {role: [PLACE.format("contract award")] for role in (Role.COMMISSIONER, Role.CONTRACT_MANAGER)},
        ),
        (
            procurement(IttStatus.CONTRACTED),
            replace(DECIDED, notices_waiting=["Contract details notice"]),
            {role: [PLACE.format("contract details")] for role in (Role.COMMISSIONER, Role.CONTRACT_MANAGER)},
        ),
        (
            procurement(IttStatus.PUBLISHED, closed=False),
            Situation(notices_waiting=["Changed tender notice"]),
            {role: [PLACE.format("changed tender")] for role in (Role.COMMISSIONER, Role.CONTRACT_MANAGER)},
        ),
        (procurement(IttStatus.DISCARDED), Situation(), {}),
        (ended(IttStatus.AWARDED), DECIDED, {}),
        (
            ended(IttStatus.PUBLISHED),
            Situation(notices_waiting=["Procurement termination notice"]),
            {role: [PLACE.format("procurement termination")] for role in (Role.COMMISSIONER, Role.CONTRACT_MANAGER)},
        ),
        (procurement(IttStatus.OPENED), Situation(has_lot_to_end=True), {Role.COMMISSIONER: [END]}),
        (
            procurement(IttStatus.MODERATED),
            Situation(has_result=True, has_lot_to_propose=False, has_lot_to_end=True),
            {Role.COMMISSIONER: [END]},
        ),
        (
            procurement(IttStatus.PUBLISHED, closed=False),
            waiting(Waits.ENDING),
            {Role.APPROVER: ["Decide whether it ends"]},
        ),
        (
            procurement(IttStatus.DRAFT),
            waiting(Waits.PUBLICATION, Waits.INTEREST),
            {
                Role.COMMISSIONER: ["Finish the draft and publish it"],
                Role.APPROVER: ["Approve a draft before it is published", "Decide what follows from an interest"],
            },
        ),
        (
            procurement(IttStatus.PUBLISHED, closed=False),
            waiting(Waits.CHANGE),
            {Role.APPROVER: ["Decide a proposed change"]},
        ),
        (
            procurement(IttStatus.PUBLISHED),
            waiting(Waits.LATE_BID, Waits.IN_THE_LATE_BOX),
            {
                Role.COMMISSIONER: ["Say what is to become of a late bid"],
                Role.APPROVER: ["Decide about a late bid"],
                Role.OPENER: ["Open the bids"],
            },
        ),
        (
            procurement(IttStatus.AWARDED),
            replace(RUNNING, proposals=waiting(Waits.SETTING_ASIDE).proposals),
            {Role.APPROVER: ["Decide whether the award falls"]},
        ),
    ],
)
def test_what_waits_for_whom(itt: InvitationToTender, situation: Situation, expected: dict[Role, list[str]]) -> None:
    """At each stage exactly those roles have something to do that the policy lets do it."""
    found = {role: acts(itt, situation, [role]) for role in AUTHORITY_ROLES}
    assert {role: texts for role, texts in found.items() if texts} == expected


@pytest.mark.usefixtures("app")
def test_whoever_proposed_has_nothing_to_decide() -> None:
    """An approver who made the proposal is not asked to decide it."""
    itt = procurement(IttStatus.MODERATED)
    both = [Role.COMMISSIONER, Role.APPROVER]
    assert acts(itt, WAITING_FOR_APPROVER, both, PROPOSER) == []
    assert acts(itt, WAITING_FOR_APPROVER, both) == ["Decide the award"]


def test_no_step_leads_to_a_refusal(app: Flask) -> None:
    """Every step that is offered leads to a page whose own rule lets that role in at that stage."""
    from portal.core.permissions import policy

    for status in IttStatus:
        itt = procurement(status)
        for role in AUTHORITY_ROLES:
            actor = Actor(uuid.uuid4(), authority_id=AUTHORITY, authority_roles=frozenset({role}))
            for step in steps_for(itt, WITHOUT_NUMBER, actor, NOW):
                assert policy.allows(actor, step.verb, itt), (status, role, step.text)
                assert step.endpoint in app.view_functions


def test_somebody_else_sees_no_steps() -> None:
    """For people of another authority there is nothing to do."""
    stranger = Actor(uuid.uuid4(), authority_id=uuid.uuid4(), authority_roles=AUTHORITY_ROLES)
    assert steps_for(procurement(IttStatus.AWARDED), DECIDED, stranger, NOW) == []


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("act", [act for act in Waits if act is not Waits.IN_THE_LATE_BOX])
def test_every_act_of_two_people_waits_for_somebody_else(act: Waits) -> None:
    """It is on the desk of another who may be second at some stage, and never on that of whoever proposed it."""
    second = [SECOND.get(act, Role.APPROVER)]
    itts = [procurement(status) for status in (IttStatus.DRAFT, IttStatus.PUBLISHED, IttStatus.AWARDED)]

    def wait(itt: InvitationToTender, person: uuid.UUID | None = None) -> set[str]:
        found = set(acts(itt, waiting(act), second, person))
        return found - set(acts(itt, Situation(), second, person))

    assert any(map(wait, itts))
    assert not any(wait(itt, PROPOSER) for itt in itts)
