"""The access matrix, over HTTP: role by object, state and verb of those whose organisation it is, and of all others.

Both walks are in one module because the scenario is loaded once for both.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Event
from portal.core.permissions import Permit, Role, Verb, permit, policy
from portal.extensions import db
from portal.scenarios.matrix_people import SOUTH_PEOPLE
from tests.access.addresses import NOWHERE
from tests.access.answers import ALIKE, NARROWER
from tests.access.governed import STATES, UNREACHED, everything
from tests.access.walk import Answered, by_right, unused, walk, wrong

pytestmark = pytest.mark.long

ELSEWHERE = {part.name for part in SOUTH_PEOPLE.parts}


@pytest.fixture(scope="module")
def walked(matrix: Flask) -> list[Answered]:
    """What everybody is answered but those of the second authority."""
    return walk(matrix, lambda person: person.name not in ELSEWHERE)


@pytest.fixture(scope="module")
def walked_elsewhere(matrix: Flask) -> list[Answered]:
    """What the people of the second authority are answered: each at one thing of each object, in another state each.

    Whether a thing exists for somebody does not depend on its state; in which states who may what is the own matrix.
    """
    return walk(matrix, lambda person: person.name in ELSEWHERE, by_turns=True)


def test_everything_stands_in_every_state(matrix: Flask) -> None:
    """The scenario holds each object in each state that acts lead to, and in no other."""
    with matrix.app_context():
        found = {(thing.policy_object, thing.policy_state) for thing in everything()}
    assert found == {(name, state) for name, states in STATES.items() for state in states} - UNREACHED.keys()


def test_all_of_it_is_marked_as_seeded(matrix: Flask) -> None:
    """What people do in the scenario stands in the ledger as seeded."""
    with matrix.app_context():
        unseeded = select(Event.kind).where(Event.seeded.is_(False), Event.actor_id.is_not(None)).distinct()
        assert db.session.scalars(unseeded).all() == []


def test_everybody_is_answered_as_the_policy_says(walked: Sequence[Answered]) -> None:
    """Done, 403, 404, 409 or the sign-in page: what the rows say, and nothing else."""
    assert list(wrong(policy.rows(), walked)) == []


def test_every_right_is_used(walked: Sequence[Answered]) -> None:
    """Whatever a row lets a role do is done by it in every state of the row: no cell is right for want of a thing."""
    assert list(unused(policy.rows(), walked)) == []


def test_every_refusal_beyond_the_rows_is_met(walked: Sequence[Answered]) -> None:
    """No entry of the table of such refusals is left over."""
    met = {(ask.object, ask.verb) for found in walked for ask in found.cell.asked if found.is_narrower(ask)}
    assert NARROWER.keys() - met == set()


def test_a_row_too_few_is_found(walked: Sequence[Answered]) -> None:
    """Without any one of its rows the policy would not be what the portal does, but for those of the table."""
    rows, answers = policy.rows(), by_right(walked)
    missed = {
        (row.object, row.verb)
        for row in rows
        if (row.object, row.verb) not in NOWHERE
        and not any(wrong([one for one in rows if one is not row], answers[row.object, row.verb]))
    }
    assert missed == ALIKE.keys()


@pytest.mark.parametrize(
    "row",
    [
        permit("itt", Verb.EDIT, [Role.AUDITOR], ["draft"]),
        permit("itt", Verb.EDIT, [Role.COMMISSIONER], ["published"]),
        permit("bid", Verb.SUBMIT, [Role.CONTRIBUTOR]),
        permit("bid", Verb.READ, [Role.COMMISSIONER]),
        permit("panel", Verb.SEE_SCORES, [Role.PANEL_MEMBER], ["scoring"]),
        permit("suspension", Verb.DECIDE, [Role.AUTHORITY_ADMINISTRATOR], ["lifted"]),
    ],
    ids=lambda row: f"{row.object} {row.verb}",
)
def test_a_row_too_many_is_found(row: Permit, walked: Sequence[Answered]) -> None:
    """With a row more than it has the policy would not be what the portal does, or it would give an unusable right."""
    answers = by_right(walked)[row.object, row.verb]
    assert any(wrong([*policy.rows(), row], answers)) or any(unused([row], answers))


def test_others_are_answered_as_the_policy_says(walked_elsewhere: Sequence[Answered]) -> None:
    """Everywhere 404, or 403 where their role would not do, but for what is everybody's to check."""
    assert list(wrong(policy.rows(), walked_elsewhere)) == []
