"""Who is told."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.accounts.models import HeldRole
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.notifications import recipients
from tests.factories.absences import DAY, make_absence
from tests.factories.accounts import make_person
from tests.factories.bidding import draft_bid, submitted_bid, submitter_of
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import panel_named, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def test_people_with_alerts() -> None:
    """Everybody of a provider with one of the codes, once; nobody of the others, and nobody who left."""
    itt = published_itt()
    code = itt.cpv_codes[0]
    matching = make_provider(alerts=(code, "80340000"))
    told = [
        make_person(Role.SUBMITTER, Role.CONTRIBUTOR, provider=matching),
        make_person(Role.CONTRIBUTOR, provider=matching),
    ]
    make_person(Role.SUBMITTER, provider=matching, is_active=False)
    make_person(Role.SUBMITTER, provider=make_provider(alerts=("80340000",)))
    assert list(recipients.people_with_alerts(itt)) == sorted(person.id for person in told)


def test_submitted_bids() -> None:
    """Bidders are those who submitted; a draft makes nobody one."""
    itt = published_itt()
    sent = submitted_bid(itt, make_provider())
    draft_bid(itt, actor=submitter_of(make_provider()))
    assert [bid.id for bid in recipients.submitted_bids(itt.id)] == [sent.id]


def test_people_of_authority() -> None:
    """Those with one of the roles in that authority, while they hold it."""
    authority = make_authority()
    opener = make_person(Role.OPENER, authority=authority)
    make_person(Role.AUDITOR, authority=authority)
    make_person(Role.OPENER)
    assert list(recipients.people_of_authority(authority.id, Role.OPENER)) == [opener.id]
    db.session.execute(update(HeldRole).where(HeldRole.user_id == opener.id).values(ended_at=clock.now()))
    assert list(recipients.people_of_authority(authority.id, Role.OPENER)) == []


def test_a_young_person_is_never_told() -> None:
    """Even when every role of the panel is asked for, and even with an address that should not be there."""
    itt = published_itt()
    panel = panel_named(itt, "young-people")
    facilitator = make_person(Role.FACILITATOR, panel=panel)
    make_person(Role.YOUNG_MEMBER, panel=panel)
    make_person(Role.YOUNG_MEMBER, panel=panel, email="should.not.be@here.example", password_hash="x")
    assert list(recipients.people_of_panel(panel.id, *Role)) == [facilitator.id]


def test_whoever_stands_in_is_told_what_the_absent_person_is_told() -> None:
    """For the roles that are lent, in that organisation, while it lasts; nobody is told twice."""
    authority, elsewhere = make_authority(administrators=0), make_authority(administrators=0)
    person = make_person(Role.OPENER, authority=authority)
    deputy, former = (make_person(Role.AUDITOR, authority=authority) for _ in range(2))
    make_absence(person, deputy, authority)
    make_absence(person, former, authority, begins_at=clock.now() - 9 * DAY, ends_at=clock.now() - 8 * DAY)
    make_person(Role.OPENER, authority=elsewhere)
    assert set(recipients.people_of_authority(authority.id, Role.OPENER)) == {person.id, deputy.id}
    both = recipients.people_of_authority(authority.id, Role.OPENER, Role.AUDITOR)
    assert sorted(both) == sorted({person.id, deputy.id, former.id})
    provider = make_provider()
    away = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    other = make_person(Role.CONTRIBUTOR, provider=provider)
    make_absence(away, other, provider)
    assert set(recipients.administrators_of(provider)) == {away.id, other.id}
    assert set(recipients.with_deputies([away.id, person.id])) == {away.id, other.id, person.id, deputy.id}
