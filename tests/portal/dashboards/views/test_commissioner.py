"""An authority's desk and the hub of a procurement."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.permissions import AUTHORITY_ROLES, Role
from portal.evaluation.models import PanelMember
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.tendering.approving import ask_to_publish
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import proposed_award
from tests.factories.bidding import draft_bid, submitted_bid, submitter_of
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import (
    declare_all,
    draft_itt,
    lay_groundwork,
    make_commissioner,
    published_itt,
    ready_itt,
)
from tests.filling import link_in, text_of

Counter = Callable[[], AbstractContextManager[list[str]]]
pytestmark = pytest.mark.usefixtures("db_session")


def test_the_desk_says_what_waits(client: CheckedClient) -> None:
    """A commissioner's draft waits for them; another authority's procurements are not there."""
    authority = make_authority()
    mine, other = draft_itt(authority=authority, title="Mine to finish"), published_itt(title="Somebody else's")
    sign_in(client, make_person(Role.COMMISSIONER, authority=authority))
    shown = client.get("/commissioning")
    assert "Finish the draft and publish it" in text_of(shown)
    assert f"/commissioning/itts/{mine.reference}/draft" in shown.text
    assert other.reference not in shown.text


@pytest.mark.parametrize("role", sorted(AUTHORITY_ROLES))
def test_every_role_has_a_desk(client: CheckedClient, role: Role) -> None:
    """Each role of the authority reaches its desk and the hub, with and without procurements."""
    authority = make_authority()
    sign_in(client, make_person(role, authority=authority))
    assert client.get("/commissioning").status_code == 200
    itt = published_itt(authority=authority)
    assert client.get("/commissioning").status_code == 200
    assert client.get(f"/commissioning/itts/{itt.reference}").status_code == 200


def test_the_hub_of_another_authority_does_not_exist(client: CheckedClient) -> None:
    """A procurement of another authority is 404, and for a provider the page is 403."""
    itt = published_itt()
    sign_in(client, make_person(Role.COMMISSIONER))
    assert client.get(f"/commissioning/itts/{itt.reference}").status_code == 404
    sign_in(client, make_person(Role.SUBMITTER))
    assert client.get(f"/commissioning/itts/{itt.reference}").status_code == 403


def test_nothing_about_bids_before_the_opening(client: CheckedClient) -> None:
    """Before the opening desk and hub are the same, byte for byte, with two bids as with none (S-03)."""
    itt = published_itt()
    pages = ("/commissioning", f"/commissioning/itts/{itt.reference}")
    sign_in(client, make_person(*AUTHORITY_ROLES, authority=itt.authority))
    before = [_without_clock(client.get(page).text) for page in pages]
    submitted_bid(itt, make_provider("Marker Youth Trust"))
    draft_bid(itt, actor=submitter_of(make_provider("Marker Two Ltd")))
    assert [_without_clock(client.get(page).text) for page in pages] == before


def test_young_people_appear_by_alias(client: CheckedClient) -> None:
    """The history names officers and chairs; young people appear by the alias, which is all there is."""
    award = proposed_award()
    young = db.session.scalars(
        select(PanelMember).where(
            PanelMember.role == MemberRole.YOUNG_MEMBER, PanelMember.panel.has(itt_id=award.itt.id)
        )
    ).first()
    assert young is not None
    sign_in(client, make_person(Role.AUDITOR, authority=award.itt.authority))
    shown = text_of(client.get(f"/commissioning/itts/{award.itt.reference}"))
    assert young.alias in shown
    assert "An award was proposed" in shown


def test_statements_are_constant(client: CheckedClient, count_statements: Counter) -> None:
    """Desk and hub take the same number of statements however many procurements and entries there are (G10)."""
    authority = make_authority()
    commissioner = make_person(Role.COMMISSIONER, authority=authority)
    sign_in(client, commissioner)
    client.get("/commissioning")
    counts = []
    for more in (1, 2):
        pages = [f"/commissioning/itts/{published_itt(authority=authority).reference}" for _ in range(more)]
        with count_statements() as desk:
            client.get("/commissioning")
        with count_statements() as hub:
            client.get(pages[0])
        counts.append((len(desk), len(hub)))
    assert counts[0] == counts[1]
    desk_takes, hub_takes = counts[0]
    assert (desk_takes <= 16, hub_takes <= 16) == (True, True)


def _without_clock(page: str) -> str:
    """The page without the server's time, which the countdowns carry, and the form's token."""
    clocks = ("data-fl-now", "data-fl-seconds", "csrf_token")
    kept = [line for line in page.splitlines() if not any(clock in line for clock in clocks)]
    return "\n".join(kept)


def test_a_draft_that_waits_is_on_the_approvers_desk(client: CheckedClient) -> None:
    """One press from the desk to the page of the decision, and not on the desk of who asked."""
    authority = make_authority()
    commissioner = make_commissioner(authority)
    itt = ready_itt(actor=commissioner)
    lay_groundwork(itt, commissioner)
    declare_all(itt)
    ask_to_publish(itt=itt, actor=commissioner, now=clock.now())
    sign_in(client, make_person(Role.APPROVER, authority=authority))
    shown = client.get("/commissioning")
    assert link_in(shown, f"Approve a draft before it is published: {itt.title}") == (
        f"/commissioning/itts/{itt.reference}/approve"
    )
    assert client.get(f"/commissioning/itts/{itt.reference}/approve").status_code == 200
