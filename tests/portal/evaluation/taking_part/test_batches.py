"""Many young people at once: their aliases, and cards for all of them on one sheet."""

from __future__ import annotations

import uuid

import pypdfium2
import pytest
from flask import current_app
from sqlalchemy import select

from portal.accounts.card_models import AccessCard
from portal.core import clock
from portal.core.errors import InvalidInput, ManyRefused, NotFound
from portal.core.references import ALPHABET
from portal.evaluation.models import PanelMember
from portal.evaluation.panels import add_young_people
from portal.evaluation.taking_part.batches import issue_cards
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import YOUNG, scoring_itt
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")


def test_each_wrong_line_is_named() -> None:
    """Every line that cannot be an alias is named, also one that another line has."""
    evaluation = scoring_itt(1)
    facilitator = evaluation.moderator(YOUNG)
    taken = evaluation.scorers(YOUNG)[0].member.alias
    typed = f"Blue Fox\n\n{taken}\nblue fox\n07700 900123\n"
    with pytest.raises(ManyRefused) as refusal:
        add_young_people(work=facilitator.work, aliases=typed, actor=facilitator.actor, now=clock.now())
    assert [one.message.partition(":")[0] for one in refusal.value.each] == [
        f"Line 3, “{taken}”", "Line 4, “blue fox”", "Line 5, “07700 900123”",
    ]  # fmt: skip


def test_cards_are_issued_to_all_or_none() -> None:
    """A stranger among them stops the whole batch, and nobody is no batch."""
    evaluation = scoring_itt(1)
    facilitator, young = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)
    details = {"actor": facilitator.actor, "keys": current_app.extensions["keys"], "now": clock.now()}
    with pytest.raises(InvalidInput):
        issue_cards(work=facilitator.work, member_ids=[], **details)
    with pytest.raises(NotFound):
        issue_cards(work=facilitator.work, member_ids=[young[0].member.id, uuid.uuid4()], **details)
    issued = issue_cards(work=facilitator.work, member_ids=[one.member.id for one in young], **details)
    assert [member.id for member, _ in issued] == [one.member.id for one in young]
    codes = [card.code for _, card in issued]
    assert [len(code.replace("-", "")) for code in codes] == [8, 8]
    assert set("".join(codes)) <= {*ALPHABET, "-"}


def test_a_class_is_added_and_gets_its_cards(client: CheckedClient) -> None:
    """One alias a line, all or none; then one file with a card each, and no name of anybody (Y-04)."""
    evaluation = scoring_itt(1)
    facilitator = evaluation.moderator(YOUNG)
    sign_in(client, facilitator.user)
    base = f"/panel/{facilitator.panel.id}/cards"
    refused = fill(client, f"{base}/add", {"aliases": "Blue Fox\nme@home.example"})
    assert errors_of(refused)[0].startswith("Line 2, “me@home.example”")
    assert "Blue Fox\nme@home.example" in refused.text
    assert fill(client, f"{base}/add", {"aliases": "Blue Fox\nRed Owl"}).location == base
    new = select(PanelMember).where(PanelMember.panel_id == facilitator.panel.id)
    ids = {member.alias: str(member.id) for member in db.session.scalars(new)}
    assert "Choose at least one young person." in errors_of(fill(client, f"{base}/several", {"to_print": "pdf"}))
    chosen = {"members": [ids["Blue Fox"], ids["Red Owl"]]}
    made = fill(client, f"{base}/several", chosen | {"to_print": "pdf"})
    assert made.mimetype == "application/pdf"
    pages = pypdfium2.PdfDocument(made.data)
    printed = " ".join(page.get_textpage().get_text_range() for page in pages)
    assert all(words in printed for words in ("Blue Fox", "Red Owl", "you pick a PIN"))
    assert facilitator.user.display_name not in printed
    shown = text_of(fill(client, f"{base}/several", chosen | {"to_print": "page"}))
    assert all(words in shown for words in ("Blue Fox", "Red Owl", "shown this once"))
    cards = db.session.scalars(select(AccessCard).where(AccessCard.withdrawn_at.is_(None))).all()
    assert len(cards) == 2
