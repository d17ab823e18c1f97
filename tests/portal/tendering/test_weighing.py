"""Effective weights."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from portal.tendering.method import method_of
from portal.tendering.models import PanelShare
from portal.tendering.weighing import (
    effective,
    node_marks,
    share_faults,
    total_sentence,
    weight_faults,
)
from tender_scoring import effective_weights
from tests.factories.tendering import criterion_named, draft_itt, panel_named, set_weight


def test_the_table_is_the_engines(db_session: object) -> None:
    """For a method that adds up, every figure equals the engine's effective weight."""
    itt = draft_itt()
    node, young = criterion_named(itt, "outcomes"), panel_named(itt, "young-people")
    node.shares[0].share = Decimal(75)
    node.shares.append(PanelShare(panel=young, panel_id=young.id, share=Decimal(25)))
    keys = {panel.id: panel.key for panel in itt.panels}
    ours = {
        (row.criterion.key, keys[panel]): marks for row in effective(itt).rows for panel, marks in row.by_panel.items()
    } | {(row.criterion.key, None): row.marks for row in effective(itt).rows if row.is_price}
    engine = {(weight.criterion, weight.panel): weight.marks for weight in effective_weights(method_of(itt))}
    assert ours == engine
    assert effective(itt).total == 100
    parts = {part.panel.key: part.value for part in effective(itt).parts if part.panel is not None}
    assert parts["young-people"] == 40 + Fraction("2.625")


def test_parts_keep_their_tone(db_session: object) -> None:
    """Each panel, and then the price, has its own place in every chart."""
    parts = effective(draft_itt()).parts
    assert [(part.label, part.value, part.tone) for part in parts] == [
        ("Local panel", 30, 0),
        ("Young people’s panel", 40, 1),
        ("Parents’ panel", 10, 2),
        ("Price", 20, 3),
    ]


def test_a_sum_that_is_not_100_is_said_in_words(db_session: object) -> None:
    """The sentence names how many parts there are and what they total, for the whole and for a heading."""
    itt = draft_itt()
    assert weight_faults(itt) == {}
    set_weight(itt, "price", "15")
    set_weight(itt, "outcomes", "25")
    service = criterion_named(itt, "service")
    assert weight_faults(itt) == {
        None: "The weights of the four parts total 95, they must total 100.",
        service.id: "The weights of the three parts of “A safe and effective service” total 90, they must total 100.",
    }
    assert not effective(itt).adds_up
    assert effective(itt).total == 92


def test_typed_figures_count_instead_of_saved_ones(db_session: object) -> None:
    """What is typed and not saved yet is weighed as if it were."""
    itt = draft_itt()
    price, young = criterion_named(itt, "price"), criterion_named(itt, "young-people")
    typed = {price.id: Decimal(30), young.id: Decimal(30)}
    assert weight_faults(itt, typed) == {}
    assert [part.value for part in effective(itt, typed).parts] == [30, 30, 10, 30]
    assert node_marks(itt, typed)[criterion_named(itt, "our-voice").id] == 15


def test_shares_that_are_not_100_are_said_in_words(db_session: object) -> None:
    """A criterion without a panel and one whose shares fall short are told apart."""
    itt = draft_itt()
    assert share_faults(itt) == {}
    welcome, voice = criterion_named(itt, "welcome"), criterion_named(itt, "our-voice")
    welcome.shares = []
    young, local = panel_named(itt, "young-people"), panel_named(itt, "local")
    voice.shares[0].share = Decimal(50)
    voice.shares.append(PanelShare(panel=local, panel_id=local.id, share=Decimal(40)))
    assert share_faults(itt) == {
        welcome.id: "No panel scores “A place to feel welcome” yet. Give the panels shares that total 100.",
        voice.id: "The shares of the two panels on “Young people’s voice” total 90, they must total 100.",
    }
    typed = {(node.id, young.id): Decimal(100) for node in (welcome, voice)}
    assert set(share_faults(itt, typed)) == {
        criterion_named(itt, key).id for key in ("safeguarding", "outcomes", "working-together", "parents-view")
    }


def test_one_part_alone_reads_well() -> None:
    """The sentence for a single part is in the singular."""
    assert (
        total_sentence("weight", "part", 1, Decimal("95.50")) == "The weight of the only part is 95.5, it must be 100."
    )
    assert total_sentence("weight", "part", 12, Decimal(99)) == (
        "The weights of the 12 parts total 99, they must total 100."
    )
