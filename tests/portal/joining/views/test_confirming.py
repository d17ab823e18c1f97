"""One press for a whole section of answers that were given before: each is confirmed for itself."""

from __future__ import annotations

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Actor
from portal.extensions import db
from portal.joining.answering import answers_of
from portal.joining.profile import change_profile, profile_of
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.joining import applicant_of, complete_application, draft_application
from tests.filling import fields_of


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


@pytest.fixture
def signed_in(client: CheckedClient, actor: Actor) -> CheckedClient:
    """The applicant's browser."""
    sign_in(client, db.session.get_one(User, actor.user_id))
    return client


@pytest.mark.parametrize("where", ["check", "section"])
def test_one_press_confirms_every_answer_that_was_shown(signed_in: CheckedClient, actor: Actor, where: str) -> None:
    """Each for itself: one that somebody else changed meanwhile is not among them."""
    complete_application(actor=actor)
    second = draft_application(actor=actor)
    home = f"/provider/applications/{second.reference}"
    address = f"{home}/check" if where == "check" else f"{home}/questions/conditions"
    action = f"{home}/confirm" if where == "check" else address
    opened = fields_of(signed_in.get(address), action=action)
    shown = set(answers_of(second).suggestions) & ({"contact", "insurance"} if where == "check" else {"insurance"})
    page = signed_in.post(action, data=opened | {"offered": sorted(shown), "all_right": "1"})
    assert page.status_code == 302
    confirmed = {key for key, entry in second.answers.items() if entry["confirmed"]}
    assert shown
    assert shown <= confirmed


def test_an_answer_that_changed_unseen_is_not_confirmed(signed_in: CheckedClient, actor: Actor) -> None:
    """The press was about what the page had shown."""
    complete_application(actor=actor)
    second = draft_application(actor=actor)
    home = f"/provider/applications/{second.reference}"
    check, confirm = (
        f"{home}/check",
        f"{home}/confirm",
    )
    opened = fields_of(signed_in.get(check), action=confirm)
    said = {answer.key: "Somebody else" for answer in profile_of(second.provider_id) if "contact" in answer.key}
    change_profile(provider=second.provider, answers=said, actor=actor, now=clock.now())
    signed_in.post(confirm, data=opened | {"offered": ["contact", "insurance"], "all_right": "1"})
    assert answers_of(second).suggestions.keys() == {"contact"}
