"""A commissioner's pages about the method: weights, shares, panels, scales, price, tie-break, questions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.exc import IntegrityError

from portal.core.parsing.figures import PERCENT
from portal.core.permissions import Role
from portal.tendering.models import InvitationToTender
from portal.tendering.states import Combination
from portal.tendering.weighing import effective
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.tendering import criterion_named, draft_itt, panel_named, published_itt
from tests.filling import text_of
from tests.portal.tendering.views.browsing import errors_of, filled, post


@pytest.fixture
def person(client: CheckedClient) -> Any:
    """A signed-in commissioner."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person)
    return person


@pytest.fixture
def itt(person: Any) -> InvitationToTender:
    """The example as a draft of the signed-in commissioner."""
    return draft_itt(actor=actor_of(person), title="Early help")


def address(itt: InvitationToTender, part: str) -> str:
    """A page of the draft."""
    return f"/commissioning/itts/{itt.reference}/draft/{part}"


def last_table(answer: Any) -> list[list[str]]:
    """The rows of the last table of a page: what every score is worth."""
    table = BeautifulSoup(answer.text, "html.parser").find_all("table")[-1]
    return [[cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]


def test_the_effective_weights_are_shown(client: CheckedClient, itt: InvitationToTender) -> None:
    """Every panel's marks on every criterion, and the whole adding up to 100."""
    assert last_table(client.get(address(itt, "criteria"))) == [
        ["Criterion", "Local panel", "Young people’s panel", "Parents’ panel", "Price", "Marks"],
        ["Keeping children and young people safe", "12", "–", "–", "–", "12"],
        ["Better lives for children, young people and families", "10.5", "–", "–", "–", "10.5"],
        ["Working with others in the locality", "7.5", "–", "–", "–", "7.5"],
        ["Young people’s voice", "–", "20", "–", "–", "20"],
        ["A place to feel welcome", "–", "20", "–", "–", "20"],
        ["Support for parents and carers", "–", "–", "10", "–", "10"],
        ["Price", "–", "–", "–", "20", "20"],
        ["Total", "30", "40", "10", "20", "100"],
    ]


def test_weights_are_saved_at_once(client: CheckedClient, itt: InvitationToTender) -> None:
    """Two siblings are balanced in one go."""
    answer = post(client, address(itt, "criteria"), weight__price="25%", weight__service="25")
    assert answer.status_code == 302
    assert [part.value for part in effective(itt).parts] == [25, 40, 10, 25]


def test_weights_that_total_95_are_refused_and_weighed(client: CheckedClient, itt: InvitationToTender) -> None:
    """The sentence says what they total, the table shows the typed figures, the boxes keep them, nothing is saved."""
    answer = post(client, address(itt, "criteria"), weight__price="15", weight__welcome="40")
    assert answer.status_code == 422
    assert errors_of(answer) == {
        "#weight-service": "The weights of the four parts total 95, they must total 100.",
        "#weight-our-voice": "The weights of the two parts of “What young people think” total 90, they must total 100.",
    }
    assert last_table(answer)[-1] == ["Total", "30", "36", "10", "15", "91"]
    page = BeautifulSoup(answer.text, "html.parser")
    assert [page.find(id=f"weight-{key}")["value"] for key in ("price", "welcome")] == ["15", "40"]  # type: ignore[index]
    assert effective(itt).adds_up


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-5", "A weight is from 0 to 100."),
        ("a lot", PERCENT.example),
        ("12,5", f"“12,5” can be read as 12.5% or as 125%. {PERCENT.example}"),
        ("12.34567", "Use at most 4 decimal places."),
    ],
)
def test_a_weight_that_is_none_is_refused(
    client: CheckedClient, itt: InvitationToTender, typed: str, message: str
) -> None:
    """Beside its box."""
    answer = post(client, address(itt, "criteria"), weight__price=typed)
    assert (answer.status_code, errors_of(answer)) == (422, {"#weight-price": message})


def test_shares_are_saved_and_refused(client: CheckedClient, itt: InvitationToTender) -> None:
    """60 to 40 is saved; 60 to 30 is refused with the sum, and the grid keeps what was typed."""
    post(client, address(itt, "shares"), share__outcomes__local="60", **{"share__outcomes__young-people": "40"})
    assert [(share.panel.key, share.share) for share in criterion_named(itt, "outcomes").shares] in (
        [("local", 60), ("young-people", 40)],
        [("young-people", 40), ("local", 60)],
    )
    answer = post(client, address(itt, "shares"), **{"share__outcomes__young-people": "30"})
    assert errors_of(answer) == {
        "#share-outcomes-local": "The shares of the two panels on “Better lives for children, young people and "
        "families” total 90, they must total 100."
    }
    assert "90% – must be 100%" in answer.text
    kept = BeautifulSoup(answer.text, "html.parser").find(id="share-outcomes-young-people")
    assert kept["value"] == "30"  # type: ignore[index]


def test_a_criterion_is_added_changed_and_removed(client: CheckedClient, itt: InvitationToTender) -> None:
    """It comes without weight, and the page asks to balance the weights."""
    answer = post(
        client, address(itt, "criteria/add"), title="Social value", kind="scored", parent="service", scale="0-5"
    )
    page = client.get(answer.location).text
    assert "Criterion added. Now balance the weights." in page
    node = criterion_named(itt, "social-value")
    assert (node.parent.key if node.parent else None, node.weight) == ("service", 0)
    post(client, address(itt, "criteria/social-value"), title="Community", minimum="2")
    assert (node.title, node.minimum) == ("Community", 2)
    assert "“Community”" in client.get(address(itt, "criteria/social-value/remove")).text
    post(client, address(itt, "criteria/social-value/remove"))
    assert "social-value" not in {each.key for each in itt.criteria}
    removing = client.get(address(itt, "criteria/service/remove")).text
    assert "The 3 criteria under it will go too." in removing


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"title": ""}, {"#title": "Give the criterion a title."}),
        ({"title": "x", "parent": "nowhere"}, {"#parent": "Choose one from the list."}),
        ({"title": "x", "scale": "0-9"}, {"#scale": "Choose one from the list."}),
        (
            {"title": "x", "minimum": "6"},
            {"#minimum": "The minimum 6 is not on the scale 0-5: it runs from 0 to 5 in steps of 1."},
        ),
    ],
)
def test_a_wrong_criterion_is_refused(
    client: CheckedClient, itt: InvitationToTender, typed: dict[str, str], errors: dict[str, str]
) -> None:
    """Beside the field."""
    answer = post(client, address(itt, "criteria/add"), **{"scale": "0-5"} | typed)
    assert (answer.status_code, errors_of(answer)) == (422, errors)


def test_panels_and_scales_are_kept(client: CheckedClient, itt: InvitationToTender) -> None:
    """A panel is renamed and averaged, a scale gets its words, and one in use cannot be removed."""
    post(client, address(itt, "panels/parents"), name="Carers", combine="mean", quorum="3", counts="yes")
    parents = panel_named(itt, "parents")
    assert (parents.name, parents.combine, parents.quorum) == ("Carers", Combination.MEAN, 3)
    answer = post(client, address(itt, "panels/parents"), quorum="")
    assert list(errors_of(answer)) == ["#quorum"]
    post(client, address(itt, "scales/0-5/points"), **{"point__5__plain": "Wow"})
    assert max(itt.scales[0].bands, key=lambda band: band.score).plain_words == "Wow"
    refused = post(client, address(itt, "scales/0-5/remove"))
    assert "is scored on this scale" in errors_of(refused)[""]
    post(client, address(itt, "panels/parents/remove"))
    assert [panel.key for panel in itt.panels] == ["local", "young-people"]


def test_a_scale_is_added_and_described(client: CheckedClient, itt: InvitationToTender) -> None:
    """From its range straight on to the words of its points; a range that does not work is refused."""
    answer = post(client, address(itt, "scales/add"), minimum="0", maximum="3", step="2")
    assert list(errors_of(answer)) == ["#step"]
    answer = post(client, address(itt, "scales/add"), minimum="", maximum="3")
    assert errors_of(answer) == {"#minimum": "Type a number."}
    answer = post(client, address(itt, "scales/add"), minimum="0", maximum="1", step="0.5")
    assert answer.location.endswith("/draft/scales/0-1/points")
    post(client, answer.location, **{"point__0_5__label": "Half", "point__0_5__descriptor": "Half of it"})
    scale = next(scale for scale in itt.scales if scale.key == "0-1")
    assert [(band.label, band.descriptor) for band in scale.bands if band.score == Decimal("0.5")] == [
        ("Half", "Half of it")
    ]


def test_the_price_page_explains_every_formula(client: CheckedClient, itt: InvitationToTender) -> None:
    """Six are offered, with a warning about the relative ones, and an example of the one in force."""
    page = client.get(address(itt, "price"))
    assert page.text.count('name="formula"') == 6
    assert "can then change which of two others comes first" in text_of(page)
    assert "£210,000" in page.text
    bands = {"formula": "banded", "band_1_1": "5", "band_1_2": "100", "band_2_1": "15", "band_2_2": "80"}
    assert post(client, address(itt, "price"), **bands).status_code == 302
    assert criterion_named(itt, "price").price_formula == {
        "formula": "banded",
        "bands": [["5", "100"], ["15", "80"]],
    }


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"floor": ""}, "#floor"),
        ({"floor": "250000"}, "#ceiling"),
        ({"formula": "banded"}, "#band_1_1"),
        ({"formula": "banded", "band_1_1": "5", "band_1_2": "120"}, "#band_1_1"),
        ({"formula": "cheapest"}, "#formula"),
    ],
)
def test_a_wrong_formula_is_refused(
    client: CheckedClient, itt: InvitationToTender, typed: dict[str, str], field: str
) -> None:
    """Beside what is missing or wrong."""
    answer = post(client, address(itt, "price"), **typed)
    assert answer.status_code == 422
    assert next(iter(errors_of(answer))) == field


def test_a_tie_break_is_chosen(client: CheckedClient, itt: InvitationToTender) -> None:
    """In order; naming nothing or the same twice is refused."""
    post(client, address(itt, "tie-break"), tie_break="lowest_price", then="welcome", lastly="")
    assert itt.tie_break == ["lowest_price", "welcome"]
    answer = post(client, address(itt, "tie-break"), tie_break="nobody")
    assert errors_of(answer) == {"#tie_break": "Choose one from the list."}
    answer = post(client, address(itt, "tie-break"), then="lowest_price")
    assert errors_of(answer) == {"#tie_break": "Choose each tie-break once."}


def test_questions_are_kept(client: CheckedClient, itt: InvitationToTender) -> None:
    """Added with a word limit, moved up, refused without one, removed."""
    typed = {"prompt": "When can you start?", "criterion": "outcomes", "word_limit": "100 words"}
    post(client, address(itt, "questions/add?kind=text"), **typed)
    assert itt.questions[-1].settings == {"word_limit": 100}
    _, sent = filled(client, address(itt, "questions/welcome"))
    token = {"csrf_token": sent["csrf_token"]}
    assert client.post(address(itt, "questions/welcome/up"), data=token).status_code == 302
    assert [question.key for question in itt.questions][3] == "welcome"
    answer = post(client, address(itt, "questions/welcome"), word_limit="")
    assert errors_of(answer) == {"#word_limit": "Give a word limit from 1 to 5000."}
    post(client, address(itt, "questions/when-can-you-start/remove"))
    assert len(itt.questions) == 7


@pytest.mark.parametrize("part", ["criteria", "shares", "panels/local", "scales/0-5", "price", "tie-break"])
def test_a_form_that_was_open_when_it_was_published_changes_nothing(
    client: CheckedClient, person: Any, db_session: Any, part: str
) -> None:
    """A direct POST of an old form after publication is refused, and the hash stays (C-04)."""
    draft, published = draft_itt(actor=actor_of(person)), published_itt(actor=actor_of(person))
    before = (published.method, published.method_hash)
    action, sent = filled(client, address(draft, part))
    sent |= {"method_hash": "0" * 64, "status": "draft", "weight-price": "1", "share-welcome-local": "100"}
    answer = client.post(action.replace(draft.reference, published.reference), data=sent)
    assert answer.status_code == 409
    assert (published.method, published.method_hash) == before
    criterion_named(published, "price").weight = Decimal(1)
    with pytest.raises(IntegrityError):
        db_session.flush()
    db_session.rollback()
