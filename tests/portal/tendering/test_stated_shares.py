"""Shares that the words of an invitation state are compared with what weights and shares give, and never guessed.

The example gives the local panel 30 of the 100 marks, young people 40, parents 10 and the price 20.
"""

from __future__ import annotations

import pytest

from portal.core import clock
from portal.core.permissions import Role
from portal.tendering.models import InvitationToTender
from portal.tendering.panels import add_panel
from portal.tendering.stated_shares import disagreements
from portal.tendering.states import Combination, PanelKind
from portal.tendering.warnings import warnings_of
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def itt() -> InvitationToTender:
    return ready_itt()


def found_in(itt: InvitationToTender, text: str) -> list[tuple[str, str]]:
    """What the description is warned of: the words, and the marks that are given."""
    itt.description = text
    return [(each.words, str(each.given)) for each in disagreements(itt)]


@pytest.mark.parametrize(
    "text",
    [
        "Young people give 40 of the 100 marks. Parents and carers give 10.",
        "Parents and carers give 10% of the marks.",
        "The local panel has thirty per cent, parents have ten per cent.",
        "80% quality, 20% price.",
        "Quality: 80%. Price (20%).",
        "Twenty per cent are for the price.",
        "",
    ],
)
def test_what_agrees_is_no_matter(itt: InvitationToTender, text: str) -> None:
    """In figures or in words, before or behind the name."""
    assert found_in(itt, text) == []


@pytest.mark.parametrize(
    ("text", "words", "given"),
    [
        ("Parents and carers give 15 of the 100 marks.", "Parents and carers give 15 of the 100 marks", "10"),
        ("Young people give 32 of the 100 marks.", "Young people give 32 of the 100 marks", "40"),
        ("The Local panel’s work counts. Local panel: 40 %.", "Local panel: 40 %", "30"),
        ("The parents' panel will decide twenty per cent.", "parents' panel will decide twenty per cent", "10"),
        ("Quality is worth 70% and that is much.", "Quality is worth 70%", "80"),
        ("We give 30 per cent to the price.", "30 per cent to the price", "20"),
        ("Young people give 40 of the 100 marks, parents give 12 of them.", "parents give 12 of them", "10"),
        ("Price (30%)", "Price (30%", "20"),
        ("40 of the 100 marks come from parents.", "40 of the 100 marks come from parents", "10"),
    ],
)
def test_what_disagrees_is_said_with_both(itt: InvitationToTender, text: str, words: str, given: str) -> None:
    """Of any panel, the quality and the price: the words as they stand, and what weights and shares give."""
    assert found_in(itt, text) == [(words, given)]


@pytest.mark.parametrize(
    "text",
    [
        "70% quality 30% price",
        "Parents give at least 5 per cent.",
        "Parents give 5 of the 100 marks or more.",
        "Young people give 50% of the quality marks.",
        "There are 90 young people in the area, and 60% of parents work.",
        "The price is 240,000 pounds for 30 months. Parents give 3 sessions.",
        "Young people 2030: 20-30% price rises",
        "Parents give 150% of themselves.",
    ],
)
def test_what_could_mean_something_else_is_not_read(itt: InvitationToTender, text: str) -> None:
    """Hedges, shares of something else, numbers between two names, and figures that are no share."""
    assert [words for words, _ in found_in(itt, text) if "70" not in words] == []


def test_a_share_of_the_quality_is_told_from_one_of_the_whole(itt: InvitationToTender) -> None:
    """ "40%" can mean two methods with different winners: where the figure fits the other one, that is said."""
    itt.description = "Young people give 50%."
    assert [each.sentence for each in disagreements(itt)] == [
        "The description says “Young people give 50%”. By the weights and shares it is 40 of the 100 marks: 50% of "
        "what panels give, which is another method. Say which you mean."
    ]


def test_panels_of_one_kind_have_their_names(itt: InvitationToTender) -> None:
    """With two panels of parents each is known by its name, and the kind by what both give together."""
    add_panel(
        itt=itt,
        name="Foster carers",
        kind=PanelKind.PARENTS,
        combine=Combination.AGREED,
        counts=True,
        quorum=None,
        actor=make_commissioner(itt.authority),
    )
    assert found_in(itt, "Foster carers give 10%. Parents give 10%.") == [("Foster carers give 10%", "0")]


def test_lots_are_read_too(itt: InvitationToTender) -> None:
    """What a lot’s own description says is published as well."""
    itt.lots[0].description = "Here the price is worth 50%."
    assert [each.where for each in disagreements(itt)] == ["The description of lot 1"]


def test_a_warning_keeps_nothing_back(client: CheckedClient, itt: InvitationToTender) -> None:
    """It stands on the page of the draft and on the last look, and the invitation can be published all the same."""
    itt.description = "Parents and carers give 15 of the 100 marks."
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    for page in ("draft", "publish"):
        said = text_of(client.get(f"/commissioning/itts/{itt.reference}/{page}"))
        assert "By the weights and shares it is 10 of the 100 marks. Correct whichever of the two is wrong." in said
    publish(itt)


def test_what_is_refused_as_a_promise_is_not_warned_of_too(itt: InvitationToTender) -> None:
    """More than young people have is a promise broken, and refused once."""
    itt.description = "Young people give 60 of the 100 marks."
    assert not [said for said in warnings_of(itt, clock.now()) if "Young people" in said]
