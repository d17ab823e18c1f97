"""What a page sends by itself: a draft is really saved, everything else is kept and never carried out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.accounts.kept_forms import kept_forms
from portal.accounts.models import KeptForm, User, UserSession
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.parsing.text import tidy
from portal.core.permissions import Actor, Role
from portal.evaluation.queries import scorecards_of
from portal.evaluation.sittings import sitting_of
from portal.extensions import db
from portal.joining.models import Application
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, draft_bid, submitter_of
from tests.factories.evaluation import YOUNG, scoring_itt
from tests.factories.frameworks import live_framework
from tests.factories.tendering import published_itt, ready_itt
from tests.filling import fields_of, text_of
from tests.pages import read
from tests.portal.joining.submitted import submitted_application

WORDS = "Which home does the certificate name?"
NewClient = Callable[[], CheckedClient]
HEADERS = {"Fairlot-Autosave": "1", "Accept": "application/json"}
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)


class Tab:
    """A page that is open in a browser, and sends its form by itself."""

    def __init__(self, client: CheckedClient, address: str) -> None:
        self.client, self.address = client, address
        self.held = fields_of(client.get(address), action=address)

    def autosave(self, **typed: Any) -> TestResponse:
        """Send what is typed, and take over the hidden fields that the answer brings."""
        self.held |= typed
        answer = self.client.post(self.address, data=self.held, headers=HEADERS)
        self.held |= (answer.json or {}).get("fields", {})
        return answer

    def autosave_unheard(self, **typed: Any) -> None:
        """Send what is typed; the answer is lost on its way."""
        self.held |= typed
        self.client.post(self.address, data=self.held, headers=HEADERS)

    def send(self) -> TestResponse:
        """Press the button."""
        return self.client.post(self.address, data=self.held)


def person_of(actor: Actor) -> User:
    return db.session.get_one(User, actor.user_id)


def bid_tab(client: CheckedClient, page: str, itt: InvitationToTender | None = None) -> tuple[Tab, Bid, Actor]:
    """A page of a bid that has just been begun, for an invitation of its own unless one is given."""
    actor = submitter_of()
    bid = draft_bid(itt or published_itt(), actor=actor)
    sign_in(client, person_of(actor))
    return Tab(client, f"/provider/bids/{bid.reference}/{page}"), bid, actor


def ask_tab(client: CheckedClient) -> tuple[Tab, Application]:
    """An officer's question to an applicant: no draft of anything."""
    application = submitted_application(live_framework())
    framework = application.framework
    sign_in(client, make_person(Role.COMMISSIONER, authority=framework.authority))
    address = f"/commissioning/frameworks/{framework.reference}/applications/{application.reference}/ask"
    return Tab(client, address), application


def content_of(bid: Bid, actor: Actor) -> Any:
    return read_draft(bid=bid, actor=actor, keys=current_app.extensions["keys"])


def kept() -> int:
    return db.session.scalar(select(func.count(KeptForm.id))) or 0


def test_a_draft_is_really_saved(client: CheckedClient) -> None:
    """By the same activity; the page goes on with the new revision, and no page is rendered and no word said twice."""
    tab, bid, actor = bid_tab(client, "answers")
    for text in ("We listen.", "We listen, and then we act."):
        answer = tab.autosave(**{"answers-welcome": text})
        assert (answer.status_code, answer.json["state"]) == (200, "saved")
        assert re.fullmatch(r"Saved \d\d:\d\d\.", answer.json["said"])
        assert content_of(bid, actor).answers["welcome"] == text
    assert (bid.draft_revision, tab.held["revision"], kept()) == (2, "2", 0)
    assert "Your answers are saved" not in client.get("/provider/bids").text
    assert tab.send().location == f"/provider/bids/{bid.reference}"


def test_a_stretch_of_writing_is_one_entry_of_the_ledger(client: CheckedClient) -> None:
    """What the page saved by itself is one entry, and the press that follows is another."""
    tab, bid, _ = bid_tab(client, "answers")
    for text in ("We", "We listen", "We listen, and act."):
        assert tab.autosave(**{"answers-welcome": text}).json["state"] == "saved"
    tab.held["answers-welcome"] = "We listen, and then we act."
    tab.send()
    saves = [event.data["revision"] for event in events_of(bid.id) if event.kind == EventKind.BID_DRAFT_SAVED]
    assert saves == [1, 4]


def test_what_a_draft_refuses_is_kept(client: CheckedClient) -> None:
    """With the reason, and the draft as it was; once it can be saved, nothing of it is left behind."""
    tab, bid, actor = bid_tab(client, "price")
    answer = tab.autosave(price="118000,50")
    assert (answer.status_code, answer.json["state"]) == (422, "kept")
    assert "but not saved in the draft yet: " in answer.json["said"]
    assert (content_of(bid, actor).price, kept()) == (None, 1)
    offered = read(client.get(tab.address).text).select(".fl-kept .fl-prose")
    assert [one.get_text() for one in offered] == ["118000,50"], "Nothing but what was typed is shown."
    assert tab.autosave(price="118,000.50").json["state"] == "saved"
    assert (content_of(bid, actor).price, kept()) == ("118000.50", 0)


def test_two_people_who_type_at_once_lose_nothing(client: CheckedClient, new_client: NewClient) -> None:
    """Each page saves its own answer and leaves the other's alone; one answer that both change is kept and said so."""
    tab, bid, actor = bid_tab(client, "answers")
    colleague = make_person(Role.CONTRIBUTOR, provider=bid.provider)
    other = new_client()
    sign_in(other, colleague)
    theirs = Tab(other, tab.address)
    for number in (1, 2):
        assert tab.autosave(**{"answers-welcome": f"Mine {number}"}).json["state"] == "saved"
        assert theirs.autosave(**{"answers-outcomes": f"Theirs {number}"}).json["state"] == "saved"
        answers = content_of(bid, actor).answers
        assert (answers["welcome"], answers["outcomes"]) == (f"Mine {number}", f"Theirs {number}")
    answer = theirs.autosave(**{"answers-welcome": "Theirs as well"})
    assert (answer.status_code, kept()) == (422, 1)
    assert "somebody else changed the same text. Press the button to see both." in answer.json["said"]
    assert content_of(bid, actor).answers["welcome"] == "Mine 2"
    page = theirs.send()
    assert page.status_code == 409
    assert "Mine 2" in page.text
    assert "Theirs as well" in page.text


def test_nobody_is_in_conflict_with_an_answer_that_was_lost(client: CheckedClient) -> None:
    """What was stored and never answered is sent again as it was; what is typed then is an edit of one's own text."""
    tab, _bid, _actor = bid_tab(client, "answers")
    itt = ready_itt()
    officer = client.application.test_client()
    sign_in(officer, make_person(Role.COMMISSIONER, authority=itt.authority))
    service = Tab(officer, f"/commissioning/itts/{itt.reference}/draft/service")
    for page, name in ((tab, "answers-welcome"), (service, "description")):
        page.autosave_unheard(**{name: "We listen."})
        for text in ("We listen.", "We listen, and then we act."):
            answer = page.autosave(**{name: text})
            assert (answer.status_code, answer.json["state"]) == (200, "saved"), answer.json


def test_every_other_form_is_kept_and_not_carried_out(client: CheckedClient) -> None:
    """It says so, is offered when the page is opened again, and is gone once it is sent."""
    tab, application = ask_tab(client)
    answer = tab.autosave(question=WORDS)
    assert (answer.status_code, answer.json["state"]) == (200, "kept")
    assert re.fullmatch(r"Saved \d\d:\d\d\. Not sent\.", answer.json["said"])
    assert (application.clarification, kept()) == ("", 1)
    assert "and it was not sent" in text_of(client.get(tab.address))
    assert tab.send().status_code == 302
    assert (application.clarification, kept()) == (WORDS, 0)


def test_nothing_of_a_stranger_is_stored(client: CheckedClient) -> None:
    """The page says that it is not saved; what is pressed then is carried through signing in."""
    tab, _application = ask_tab(client)
    db.session.execute(update(UserSession).values(last_seen_at=clock.now() - timedelta(minutes=61)))
    answer = tab.autosave(question=WORDS)
    assert (answer.status_code, answer.json["state"]) == (401, "signed_out")
    assert answer.json["said"].startswith("Not saved: you have been signed out.")
    assert kept() == 0


def test_another_persons_page_saves_nothing(client: CheckedClient) -> None:
    """Nor does a header without a page of one's own."""
    tab, application = ask_tab(client)
    sign_in(client, make_person(Role.COMMISSIONER, authority=application.framework.authority))
    assert tab.autosave(question=WORDS).status_code == 401
    del tab.held["form_page"], tab.held["csrf_token"]
    assert tab.autosave(question=WORDS).status_code == 400
    assert kept() == 0


def test_a_page_from_before_signing_in_again_lives_on(client: CheckedClient) -> None:
    """Its token is worth nothing any more; it gets the new one with the next answer, and then sends as ever."""
    tab, application = ask_tab(client)
    with client.session_transaction() as cookie:
        cookie.pop("csrf_token")
    assert tab.autosave(question=WORDS).status_code == 200
    assert tab.send().status_code == 302
    assert application.clarification == WORDS


def test_after_the_closing_time_it_is_kept(client: CheckedClient) -> None:
    """Nobody pressed anything, so it is no late attempt; the text is still there."""
    tab, bid, actor = bid_tab(client, "answers")
    close_now(bid.itt)
    answer = tab.autosave(**{"answers-welcome": "Too late"})
    assert (answer.status_code, answer.json["state"]) == (422, "kept")
    assert (content_of(bid, actor).answers, kept()) == ({}, 1)


def test_a_young_persons_words_are_kept_by_the_server_alone(client: CheckedClient) -> None:
    """Face and reason are saved, half of it is kept, both in their words; the page gives no key for a copy."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    sign_in(client, young.user)
    tab = Tab(client, f"/panel/sitting/questions/1?about={sitting_of(young.work, young.member).screen(1).about}")
    answer = tab.autosave(reason="I like it")
    assert re.fullmatch(r"Saved \d\d:\d\d\.", answer.json["said"])
    assert (kept(), scorecards_of(young.member.id)) == (1, {})
    assert tab.autosave(score="4").json["state"] == "saved"
    assert kept() == 0
    assert [score.reason for card in scorecards_of(young.member.id).values() for score in card.scores] == ["I like it"]
    form = read(client.get(tab.address).text).select_one("main form")
    assert form is not None
    assert (form.get("data-fl-copy"), form.get("data-fl-key")) == ("", "")


def test_the_key_of_a_copy_is_of_one_person_and_form(client: CheckedClient) -> None:
    """The same for the same person, another for everybody else and on every other page; none for a visitor."""
    found = set()
    for _ in range(2):
        tab, bid, actor = bid_tab(client, "answers")
        for page in ("answers", "price", "answers"):
            sign_in(client, person_of(actor))
            form = read(client.get(f"/provider/bids/{bid.reference}/{page}").text).select_one("main form")
            assert form is not None
            found.add((str(form["data-fl-copy"]), str(form["data-fl-key"])))
        assert tab.address
    assert len(found) == len({name for name, _ in found}) == len({key for _, key in found}) == 4
    client.delete_cookie("fairlot")
    assert "data-fl-key" not in client.get("/register").text


def test_the_page_learns_that_its_copy_has_arrived(client: CheckedClient) -> None:
    """A cookie names the copy of what was carried out or kept, and no other's."""
    tab, _application = ask_tab(client)
    form = read(client.get(tab.address).text).select_one("main form")
    assert form is not None
    name = str(form["data-fl-copy"])
    for typed, told in (
        ({"question": ""}, False),
        ({"question": "", "form_copy": "0" * 32}, False),
        ({"question": "", "form_copy": name}, True),
        ({"question": WORDS, "form_copy": name}, True),
    ):
        tab.held |= typed
        assert (f"fairlot-arrived={name};" in str(tab.send().headers.getlist("Set-Cookie"))) is told


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    """One invitation for all the examples of a test."""
    return published_itt()


@settings(max_examples=25)
@given(texts=st.lists(st.dictionaries(st.sampled_from(["welcome", "outcomes"]), TEXTS), max_size=6))
def test_whatever_was_answered_as_saved_is_in_the_database(
    app: Flask, client: CheckedClient, itt: InvitationToTender, texts: list[dict[str, str]]
) -> None:
    """In whatever order it was typed: the draft holds it, or what is kept of the form does."""
    tab, bid, actor = bid_tab(client, "answers", itt)
    for typed in texts:
        answer = tab.autosave(**{f"answers-{key}": text for key, text in typed.items()})
        assert answer.json["said"].startswith(("Saved", "Kept"))
        if answer.json["state"] == "saved":
            stored = content_of(bid, actor).answers
            assert {key: stored.get(key, "") for key in typed} == {key: tidy(text) for key, text in typed.items()}
        else:
            held = kept_forms(user_id=person_of(actor).id, keys=current_app.extensions["keys"])[0].typed
            assert {key: held[f"answers-{key}"] for key in typed} == {key: [text] for key, text in typed.items()}
