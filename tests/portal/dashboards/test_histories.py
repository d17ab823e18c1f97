"""Histories: every list of what was done says where a deputy did it, and where persons are named for whom."""

from __future__ import annotations

import pytest

from portal.accounts.models import User
from portal.accounts.queries import names_of
from portal.bidding.action_log import acts_of
from portal.core import clock
from portal.core.permissions import Role
from portal.dashboards.queries import history_of
from portal.joining.timeline import history_of_application
from portal.organisations.models import Provider
from portal.tendering.drafting import create_itt
from tests.factories.absences import make_absence
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import draft_bid
from tests.factories.frameworks import live_framework
from tests.factories.joining import draft_application
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import published_itt

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def provider() -> Provider:
    return make_provider()


@pytest.fixture
def deputy(provider: Provider) -> User:
    """A contributor who stands in for a submitter."""
    away, deputy = (make_person(role, provider=provider) for role in (Role.SUBMITTER, Role.CONTRIBUTOR))
    make_absence(away, deputy, provider)
    return deputy


def test_a_bidder_s_people_read_for_whom_a_deputy_acted(provider: Provider, deputy: User) -> None:
    """By name: both are their colleagues. What somebody did for themselves alone says nothing more."""
    bid = draft_bid(published_itt(), actor=actor_of(deputy))
    [away] = names_of(actor_of(deputy).stands_in_for)
    assert [act.who for act in acts_of(bid, actor_of(deputy))] == [f"{deputy.display_name}, standing in for {away}"]
    alone = make_person(Role.CONTRIBUTOR, provider=provider)
    other = draft_bid(published_itt(), actor=actor_of(alone))
    assert [act.who for act in acts_of(other, actor_of(alone))] == [alone.display_name]


def test_an_authority_s_people_read_for_whom_a_deputy_acted() -> None:
    """In the history of a procurement."""
    authority = make_authority()
    away, deputy = (make_person(role, authority=authority) for role in (Role.COMMISSIONER, Role.AUDITOR))
    make_absence(away, deputy, authority)
    itt = create_itt(authority=authority, title="A club", actor=actor_of(deputy), now=clock.now())
    expected = f"{deputy.display_name}, standing in for {away.display_name}"
    assert {entry.who for entry in history_of(itt.id)} == {expected}


def test_where_nobody_is_named_a_deputy_is_not_either(deputy: User) -> None:
    """An application's history names roles to both sides, and that it was a deputy."""
    application = draft_application(live_framework(), actor=actor_of(deputy))
    [begun] = history_of_application(application, for_provider=True)
    assert begun.who == "The provider, by a deputy"
