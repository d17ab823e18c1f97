"""The pages of taking part, over HTTP: the young person's, the facilitator's, the commissioner's, the lead's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

from portal.accounts.models import User
from portal.core import clock
from portal.evaluation.taking_part.agreeing import Lacks, lacks
from portal.evaluation.taking_part.times import Times, set_sitting_times, times_of
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import YOUNG, name_lead, scoring_itt
from tests.filling import errors_of, fill, press, text_of
from tests.portal.evaluation.views.posting import post


def test_a_young_person_says_yes_and_who_is_there(client: CheckedClient) -> None:
    """What is kept, who reads it and how long is said first; without a yes or an adult it does not go on."""
    evaluation = scoring_itt(1, consented=False, declared=False)
    young, facilitator = evaluation.scorers(YOUNG)[0], evaluation.moderator(YOUNG)
    sign_in(client, young.user, supported=False)
    assert "You are nearly there" in text_of(client.get("/panel/sitting/questions/1"))
    sign_in(client, facilitator.user)
    address = f"/panel/{young.panel.id}/cards/{young.member.id}/taking-part"
    assert "Choose how old they are." in errors_of(fill(client, address))
    band = {"age_band": "11-13"}
    assert "Say how a parent agreed: at this age one has to." in errors_of(fill(client, address, band))
    undated = fill(client, address, band | {"how": "mail"})
    assert "Enter the day on which the parent or carer agreed." in errors_of(undated)
    today = clock.today()
    day = {"on-day": str(today.day), "on-month": str(today.month), "on-year": str(today.year)}
    assert fill(client, address, band | {"how": "mail"} | day).location == f"/panel/{young.panel.id}/cards"
    assert "Age 11-13" in text_of(client.get(f"/panel/{young.panel.id}/cards"))
    sign_in(client, young.user, supported=False)
    path = "/panel/sitting/begin"
    assert client.get("/panel/sitting").location == f"{path}?next=/panel/sitting"
    page = text_of(client.get(path))
    assert all(words in page for words in ("What we keep", "Who reads it", "How long", "yes or no"))
    assert errors_of(fill(client, path, {"agrees": "y"}))[0].startswith("Pick who is with you.")
    assert errors_of(fill(client, path, {"supporter": "teacher"})) == ["Say yes if you want to take part."]
    assert fill(client, path, {"agrees": "y", "supporter": "teacher"}).location == "/panel/sitting"
    assert lacks(young.work, young.member) is None
    sign_in(client, young.user, supported=False)
    assert "What we keep" not in text_of(client.get(path))
    assert client.get("/panel/sitting/know").location == f"{path}?next=/panel/sitting/know"


def test_outside_the_times_a_card_says_when_it_opens_again(
    client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """On every page of a sitting but the one that says whom to talk to, and nothing is saved (Y-05)."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    sign_in(client, young.user)
    here = clock.now().astimezone(clock.LONDON)
    tomorrow = Times(weekdays=((here.weekday() + 1) % 7,), opens_at=time(16), closes_at=time(18))
    set_sitting_times(itt=evaluation.itt, panel=young.panel, times=tomorrow, actor=evaluation.commissioner)
    answer = {"score": "4", "reason": "It sounds fun.", "go": "next"}
    for page in (client.get("/panel/sitting"), post(client, "/panel/sitting/questions/1", data=answer)):
        assert "You can come back tomorrow at 4pm. What you saved is still here." in text_of(page)
    assert "Not done yet" not in text_of(client.get("/panel/sitting/check"))
    assert "come back tomorrow" not in text_of(client.get("/panel/sitting/help"))
    assert new_client().get("/panel/sitting/help").status_code == 200


def test_the_commissioner_sets_the_times(client: CheckedClient) -> None:
    """From the page of the panels; what does not fit is said beside its box."""
    evaluation = scoring_itt(1)
    panel = evaluation.scorers(YOUNG)[0].panel
    sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
    panels = f"/commissioning/itts/{evaluation.itt.reference}/panels"
    address = f"{panels}/{panel.id}/sitting-times"
    assert address in client.get(panels).text
    wrong = fill(client, address, {"weekdays": [], "opens_at": "4pm", "closes_at": "3pm"})
    assert errors_of(wrong) == ["Choose at least one day."]
    typed = {
        "weekdays": ["5", "6"],
        "opens_at": "10am",
        "closes_at": "noon",
        "parents_until": "18",
        "practice_first": "y",
    }
    assert fill(client, address, typed).location == panels
    assert times_of(panel.id) == Times((5, 6), time(10), time(12), 18, practice_first=True)


def test_the_lead_sees_cards_and_has_a_pin_forgotten(client: CheckedClient) -> None:
    """Each alias with its cards and sittings; the facilitator is told by the next use of the card."""
    evaluation = scoring_itt(1)
    young, lead = evaluation.scorers(YOUNG)[0], name_lead(evaluation)
    sign_in(client, db.session.get_one(User, lead.user_id))
    address = f"/commissioning/safeguarding/{young.panel.id}/cards"
    page = text_of(client.get(address))
    assert young.member.alias in page
    assert "Facilitator: 1 sitting" in page
    done = press(client, address, f"{address}/{young.member.id}/forget-pin")
    assert done.location == address
    assert f"The PIN of {young.member.alias} is forgotten." in client.get(address).text
    assert lacks(young.work, young.member) is not Lacks.ADULT
