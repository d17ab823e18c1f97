"""Naming the safeguarding lead, as the commissioner does it, and what everybody else is told before."""

from __future__ import annotations

import pytest

from portal.core.permissions import Role
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.evaluation import YOUNG, scoring_itt
from tests.factories.tendering import panel_named
from tests.filling import text_of
from tests.portal.evaluation.views.posting import post

pytestmark = pytest.mark.usefixtures("db_session")


def test_the_commissioner_is_led_to_naming_and_names(client: CheckedClient) -> None:
    """The desk says what is missing; the page refuses nobody beside the field, and then lists who was named."""
    evaluation = scoring_itt(1)
    itt, young = evaluation.itt, panel_named(evaluation.itt, YOUNG)
    evaluation.moderator(YOUNG).work.safeguarding_lead_id = None
    db.session.flush()
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    assert "Name a safeguarding lead" in text_of(client.get("/commissioning"))
    base = f"/commissioning/itts/{itt.reference}/panels"
    assert "no sitting opens before a lead is named" in text_of(client.get(base))
    page = f"{base}/{young.id}/safeguarding"
    refused = post(client, page, data={"lead": ""})
    assert refused.status_code == 422
    assert "Choose who looks after the young people’s safety." in text_of(refused)
    lead = make_person(Role.SAFEGUARDING_LEAD, authority=itt.authority)
    assert post(client, page, data={"lead": str(lead.id), "deputy": ""}).location == base
    assert f"Lead: {lead.display_name}. Deputy: nobody yet." in text_of(client.get(base))
    assert "Name a safeguarding lead" not in text_of(client.get("/commissioning"))


def test_an_authority_without_a_lead_is_told_how_it_gets_one(client: CheckedClient) -> None:
    """Where nobody holds the role the page says who gives it, instead of an empty list."""
    evaluation = scoring_itt(1)
    itt, young = evaluation.itt, panel_named(evaluation.itt, YOUNG)
    person = make_person(Role.COMMISSIONER, authority=itt.authority)
    work = evaluation.moderator(YOUNG).work
    lead, work.safeguarding_lead_id = work.safeguarding_lead, None
    assert lead is not None
    for held in lead.held_roles:
        db.session.delete(held)
    db.session.flush()
    sign_in(client, person)
    page = text_of(client.get(f"/commissioning/itts/{itt.reference}/panels/{young.id}/safeguarding"))
    assert "Nobody of your authority is a safeguarding lead yet" in page


def test_the_facilitator_is_told_why_nobody_can_sit(client: CheckedClient) -> None:
    """Both pages of the facilitator say that a lead is missing, and offer no card."""
    evaluation = scoring_itt(1)
    facilitator = evaluation.moderator(YOUNG)
    facilitator.work.safeguarding_lead_id = None
    db.session.flush()
    sign_in(client, facilitator.user)
    page = f"/panel/{facilitator.panel.id}"
    assert "names a safeguarding lead for this panel first" in text_of(client.get(page))
    cards = text_of(client.get(f"{page}/cards"))
    assert "No card can be issued yet" in cards
    assert "New card for" not in cards


def test_a_lead_finds_the_panels_that_they_look_after_and_no_others(client: CheckedClient) -> None:
    """Whoever is named sees the panel; another safeguarding lead of the authority gets an empty list and no page."""
    evaluation = scoring_itt(1)
    work = evaluation.moderator(YOUNG).work
    page = f"/commissioning/safeguarding/{work.panel_id}"
    sign_in(client, work.safeguarding_lead)
    assert evaluation.itt.reference in text_of(client.get("/commissioning/safeguarding"))
    assert client.get(page).status_code == 200
    other = CheckedClient(client.application)
    sign_in(other, make_person(Role.SAFEGUARDING_LEAD, authority=evaluation.itt.authority))
    assert "You look after no panel" in text_of(other.get("/commissioning/safeguarding"))
    assert other.get(page).status_code == 404
