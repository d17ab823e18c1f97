"""Every kind of question from the page where it is drafted to the page where its answer is scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import current_app

from portal.accounts.models import User
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import QuestionKind
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import close_now, draft_bid, fill_draft, open_itt, submitter_of
from tests.factories.evaluation import LOCAL, appointed, declare
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.pages import read
from tests.portal.tendering.question_kinds.examples import EXAMPLES, Example
from tests.portal.tendering.views.browsing import errors_of, filled, post


def key_of(example: Example) -> str:
    return f"about-{example.kind.value.replace('_', '-')}"


def test_every_kind_is_here() -> None:
    """A kind that is added is walked through every page, too, but for three.

    A price schedule has pages of its own (test_rates.py); a share code and a condition of participation are scored by
    nobody (test_supplier.py, test_conditions.py).
    """
    apart = {QuestionKind.PRICE_SCHEDULE, QuestionKind.SUPPLIER_INFORMATION, QuestionKind.CONDITION}
    assert {example.kind for example in EXAMPLES} | apart == set(KINDS) == set(QuestionKind)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.kind.value)
def test_what_a_kind_writes_it_reads_again(example: Example) -> None:
    """The stored text is the same value, and stores as itself; what cannot be read is stored as it was typed."""
    kind = KINDS[example.kind]
    asked = Asked("q", "Question", kind, settings=kind.read_settings(joined(example.settings)))
    given = joined({f"q{name}": typed for name, typed in example.typed.items()})["q"]
    assert asked.stored(given) == asked.stored(asked.stored(given)) == example.stored
    assert (asked.fault({"q": example.stored}), asked.shown({"q": example.stored}).text) == (None, example.shown)
    assert asked.rule == example.rule


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        (QuestionKind.TEXT, {"word_limit": "none"}, "word_limit"),
        (QuestionKind.PASS_FAIL, {"word_limit": "10", "rule": ""}, "rule"),
        (QuestionKind.CHOICE, {"options": "Only one"}, "options"),
        (QuestionKind.CHOICES, {"options": "One\nTwo\n One "}, "options"),
        (QuestionKind.NUMBER, {"least": "5", "most": "4"}, "most"),
        (QuestionKind.NUMBER, {"least": "1,5"}, "least"),
        (QuestionKind.MONEY, {"most": "20%"}, "most"),
        (QuestionKind.DATE, {"earliest": "31/2/2027"}, "earliest"),
        (QuestionKind.DATE, {"earliest": "2/2/2027", "latest": "1/2/2027"}, "latest"),
        (QuestionKind.DECLARATION, {"statement": " "}, "statement"),
    ],
)
def test_a_question_that_nobody_could_answer_is_refused(kind: QuestionKind, typed: dict[str, str], field: str) -> None:
    """Beside the setting that is missing or contradicts another."""
    with pytest.raises(InvalidInput) as refused:
        KINDS[kind].read_settings(typed)
    assert refused.value.field == field


def test_every_kind_goes_from_its_draft_to_its_score(client: CheckedClient, db_session: Any) -> None:
    """Drafted, published, answered wrongly and then rightly, sealed, opened, and read by whoever scores it."""
    commissioner, submitter = make_commissioner(), submitter_of()
    itt = published_with_every_kind(client, commissioner)
    bid = draft_bid(itt, actor=submitter)
    fill_draft(bid, submitter)
    sign_in(client, db.session.get_one(User, submitter.user_id))
    base = f"/provider/bids/{bid.reference}"
    answers_wrongly(client, base, bid, submitter)
    saved = post(client, f"{base}/answers", **typed_into(*((key_of(each), each.typed) for each in EXAMPLES)))
    assert (saved.status_code, saved.location) == (302, base)
    stored = read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"]).answers
    assert {key_of(each): stored[key_of(each)] for each in EXAMPLES} == {key_of(each): each.stored for each in EXAMPLES}
    _, sent = filled(client, f"{base}/check")
    receipt = client.post(f"{base}/submit", data=sent)
    assert receipt.status_code == 302
    shown_in(client.get(f"{base}/submitted").text)
    close_now(itt)
    open_itt(itt)
    evaluation = appointed(itt)
    for seat in evaluation.everybody():
        declare(seat)
    seat = evaluation.seats[LOCAL][1]
    sign_in(client, seat.user)
    shown_in(client.get(f"/panel/{seat.panel.id}/bids/{bid.id}").text)


def test_what_came_too_late_is_shown_back_whatever_its_kind(client: CheckedClient, db_session: Any) -> None:
    """The page that refuses it gives every answer back in words, so that it can be copied."""
    commissioner, submitter = make_commissioner(), submitter_of()
    itt = published_with_every_kind(client, commissioner)
    bid = draft_bid(itt, actor=submitter)
    sign_in(client, db.session.get_one(User, submitter.user_id))
    address = f"/provider/bids/{bid.reference}/answers"
    _, sent = filled(client, address)
    close_now(itt)
    refused = client.post(address, data=sent | typed_into(*((key_of(each), each.typed) for each in EXAMPLES)))
    assert refused.status_code == 409
    given_back = words_of(str(read(refused.text).select_one("section[aria-labelledby=typed]")))
    missing = [each.kind for each in EXAMPLES if words_of(each.shown) not in given_back]
    assert missing == []


def published_with_every_kind(client: CheckedClient, commissioner: Actor) -> InvitationToTender:
    """A published invitation in whose draft a question of every kind was added page by page."""
    itt = ready_itt(actor=commissioner)
    sign_in(client, db.session.get_one(User, commissioner.user_id))
    base = f"/commissioning/itts/{itt.reference}/draft/questions"
    assert set(KINDS) <= {box["value"] for box in read(client.get(f"{base}/add").text).find_all("input", type="radio")}
    for example in EXAMPLES:
        described = {"prompt": prompt_of(example), "criterion": "outcomes", **example.settings}
        assert post(client, f"{base}/add?kind={example.kind.value}", **described).status_code == 302
        page = filled(client, f"{base}/{key_of(example)}")[1]
        assert {name: page[name] for name in example.settings if page[name]}.keys() == {
            name for name, typed in example.settings.items() if typed
        }
    publish(itt, commissioner)
    public = words_of(client.get(f"/opportunities/{itt.reference}").text)
    assert [example.kind for example in EXAMPLES if f"{example.rule}. Scored" not in public] == []
    return itt


def answers_wrongly(client: CheckedClient, base: str, bid: Bid, submitter: Actor) -> None:
    """What cannot be read is saved as it was typed, marked beside its box, and keeps the bid from being sent."""
    back = post(client, f"{base}/answers", **typed_into(*((key_of(each), each.unreadable) for each in EXAMPLES[:-1])))
    assert (back.status_code, back.location) == (302, f"{base}/answers")
    page, check = client.get(back.location), words_of(client.get(f"{base}/check").text)
    assert page.status_code == 200
    kept = read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"]).answers
    for example in EXAMPLES[:-1]:
        assert kept[key_of(example)] == "/".join(example.unreadable.values()).strip()
        fault = errors_of(page)[f"#answers-{key_of(example)}"]
        assert (example.fault in fault, fault in check) == (True, True), example.kind


def typed_into(*answers: tuple[str, Mapping[str, str]]) -> dict[str, str]:
    """The fields of the page for some answers, by question key."""
    return {f"answers-{key}{name}": value for key, typed in answers for name, value in typed.items()}


def shown_in(html: str) -> None:
    """Every answer is on the page, under its question."""
    for example in EXAMPLES:
        assert words_of(example.shown) in words_of(html), example.kind
        assert prompt_of(example) in html


def words_of(html: str) -> str:
    return " ".join(read(html).get_text(" ").split())


def prompt_of(example: Example) -> str:
    return f"About {example.kind.value.replace('_', ' ')}?"


def joined(typed: Mapping[str, str]) -> dict[str, str]:
    """The fields of a page as they are read: the three boxes of a day are one."""
    found: dict[str, list[str]] = {}
    for name, value in typed.items():
        found.setdefault(name.partition("-")[0], []).append(value)
    return {name: "/".join(values) for name, values in found.items()}
