"""Held words on the pages of the young person, the facilitator, the lead and everybody else."""

from __future__ import annotations

import pytest

from portal.core import clock
from portal.core.permissions import Role
from portal.evaluation.safeguarding.escalating import UNREAD_FOR, escalate
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.evaluation import YOUNG, Evaluation, scoring_itt
from tests.filling import errors_of, fields_of, text_of
from tests.portal.evaluation.safeguarding.held import HARM, NAMING, held, write
from tests.portal.evaluation.views.posting import post

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def evaluation() -> Evaluation:
    """One bid that is scored."""
    return scoring_itt(1)


def lead_of(client: CheckedClient, evaluation: Evaluation) -> None:
    """Sign in the panel's safeguarding lead."""
    sign_in(client, evaluation.moderator(YOUNG).work.safeguarding_lead)


def test_the_child_reads_their_own_words_and_whom_to_talk_to(client: CheckedClient, evaluation: Evaluation) -> None:
    """The next screens show help lines and the words as they were written, and say nothing of a flag."""
    seat = evaluation.scorers(YOUNG)[0]
    sign_in(client, seat.user)
    assert "0800 1111" not in text_of(client.get("/panel/sitting/questions/1"))
    help_page = text_of(client.get("/panel/sitting/help"))
    for number in ("999", "0800 1111", "85258"):
        assert number in help_page
    write(evaluation, HARM, seat)
    for page in ("/panel/sitting/questions/2", "/panel/sitting/check"):
        shown = text_of(client.get(page))
        assert "0800 1111" in shown
        assert not any(word in shown.lower() for word in ("held", "flag", "wait until"))
    assert HARM in text_of(client.get("/panel/sitting/check"))


def test_every_page_of_a_sitting_leads_to_help(client: CheckedClient, evaluation: Evaluation) -> None:
    """Start, question, check, and the pages after leaving have the link or the numbers."""
    sign_in(client, evaluation.scorers(YOUNG)[0].user)
    for page in ("", "/questions/1", "/check", "/thank-you"):
        assert "/panel/sitting/help" in client.get(f"/panel/sitting{page}").get_data(as_text=True)


def test_the_facilitator_lets_others_read_what_only_names_somebody(
    client: CheckedClient, evaluation: Evaluation
) -> None:
    """The page of the panel leads there; nothing chosen is refused beside the field; then nothing waits."""
    score = write(evaluation, NAMING)
    facilitator = evaluation.moderator(YOUNG)
    sign_in(client, facilitator.user)
    page = f"/panel/{facilitator.panel.id}"
    assert "1 comment waits for you" in text_of(client.get(page))
    words = client.get(f"{page}/words")
    assert NAMING in text_of(words)
    found = held(evaluation)[0]
    form = fields_of(words, action=f"{page}/words/{found.id}")
    refused = post(client, f"{page}/words/{found.id}", form)
    assert refused.status_code == 422
    assert "Choose whether others may read the words." in text_of(refused)
    form[f"{found.id}-outcome_of_words"] = "released"
    assert post(client, f"{page}/words/{found.id}", form).location == f"{page}/words"
    db.session.expire_all()
    assert score.reason == NAMING
    assert "Nothing waits for you" in text_of(client.get(f"{page}/words"))


def test_nobody_but_the_lead_reads_what_may_be_about_harm(client: CheckedClient, evaluation: Evaluation) -> None:
    """The facilitator sees that something is with the lead; an auditor and a commissioner find no page."""
    write(evaluation, HARM)
    found = held(evaluation)[0]
    facilitator = evaluation.moderator(YOUNG)
    sign_in(client, facilitator.user)
    shown = text_of(client.get(f"/panel/{facilitator.panel.id}/words"))
    assert "1 comment is with the safeguarding lead" in shown
    assert "stepdad" not in shown
    for role in (Role.AUDITOR, Role.COMMISSIONER):
        other = CheckedClient(client.application)
        sign_in(other, make_person(role, authority=evaluation.itt.authority))
        assert other.get(f"/commissioning/safeguarding/words/{found.id}").status_code in (403, 404)


def test_the_lead_reads_acts_and_records(client: CheckedClient, evaluation: Evaluation) -> None:
    """Desk, panel and page lead there; the words show once reading is recorded; then what was done is kept whole."""
    write(evaluation, HARM)
    found = held(evaluation)[0]
    lead_of(client, evaluation)
    assert "Read what a young person wrote" in text_of(client.get("/commissioning"))
    assert "May be about harm" in text_of(client.get(f"/commissioning/safeguarding/{found.panel_id}"))
    page = f"/commissioning/safeguarding/words/{found.id}"
    before = text_of(client.get(page))
    assert "stepdad" not in before
    assert post(client, f"{page}/read").location == page
    shown = client.get(page)
    assert HARM in text_of(shown)
    form = fields_of(shown, action=page)
    refused = post(client, page, form)
    assert refused.status_code == 422
    done = "I spoke with the facilitator at once and referred it to social care."
    form |= {"action": "social_care", "note": done, "outcome_of_words": "withheld"}
    sent = post(client, page, form)
    assert sent.status_code == 302, errors_of(sent)
    after = text_of(client.get(page))
    assert done in after
    assert "Referred it to children’s social care" in after
    assert "Read what a young person wrote" not in text_of(client.get("/commissioning"))


def test_whom_to_call_is_shown_when_nobody_read_in_time(client: CheckedClient, evaluation: Evaluation) -> None:
    """The lead sets the line; after the waits the facilitator's page shows it, until somebody has read."""
    lead_of(client, evaluation)
    assert post(client, "/commissioning/safeguarding/line", {"called": ""}).status_code == 422
    assert post(client, "/commissioning/safeguarding/line", {"called": "0300 000 0000"}).status_code == 302
    write(evaluation, HARM)
    facilitator = CheckedClient(client.application)
    sign_in(facilitator, evaluation.moderator(YOUNG).user)
    page = f"/panel/{evaluation.moderator(YOUNG).panel.id}"
    assert "0300 000 0000" not in text_of(facilitator.get(page))
    escalate(now=clock.now() + 2 * UNREAD_FOR)
    shown = text_of(facilitator.get(page))
    assert "Call now: a young person may be in danger" in shown
    assert "0300 000 0000" in shown
    post(client, f"/commissioning/safeguarding/words/{held(evaluation)[0].id}/read")
    assert "Call now" not in text_of(facilitator.get(page))


def test_help_is_found_whether_or_not_somebody_may_sit(client: CheckedClient, evaluation: Evaluation) -> None:
    """By whoever has left, by a visitor, and by a young person whose panel waits or who has no adult beside them."""
    assert "0800 1111" in text_of(client.get("/panel/sitting/help"))
    seat = evaluation.scorers(YOUNG)[0]
    seat.work.safeguarding_lead_id = None
    db.session.flush()
    sign_in(client, seat.user)
    assert "0800 1111" in text_of(client.get("/panel/sitting/help"))
