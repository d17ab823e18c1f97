"""What the database keeps of codes is of no use without the key folder."""

from __future__ import annotations

from math import log2
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from portal.accounts.card_models import AccessCard, CardPurpose
from portal.accounts.cards import issue_card
from portal.accounts.factor_models import RecoveryCode
from portal.accounts.recovery import make_recovery_codes
from portal.core import clock
from portal.core.columns import Model
from portal.core.permissions import Role
from portal.core.references import ALPHABET, new_code, normalise_code
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.organisations.kept_numbers import hash_of_claim_code
from tests.factories.accounts import actor_of, make_person
from tests.factories.tendering import published_itt

KEYED = {"access_card", "number_claim", "verification"}
SLOW = {"recovery_code"}


def test_every_stored_code_has_its_rule() -> None:
    """A new table with codes says in decision 22 how they are stored."""
    tables = Model.metadata.tables.values()
    assert {table.name for table in tables if "code_hash" in table.columns} == KEYED | SLOW


def test_codes_that_are_found_by_themselves_are_hashed_under_a_key(
    app: Flask, db_session: object, tmp_path: Path
) -> None:
    """Another installation's key gives another hash, each purpose its own, and a code has 60 random bits."""
    keys, code = app.extensions["keys"], new_code()
    typed = normalise_code(code)
    hashed = [keys.keyed_hash(f"{of}:{typed}") for of in (*CardPurpose, "claim", "posted")]
    assert len(set(hashed)) == len(hashed)
    assert hash_of_claim_code(code.lower()) == keys.keyed_hash(f"claim:{typed}")
    assert KeyFolder(tmp_path).keyed_hash(f"claim:{typed}") not in hashed
    assert len(typed) * log2(len(ALPHABET)) == 60


def test_a_card_is_stored_under_the_key_and_a_recovery_code_slowly(app: Flask, db_session: object) -> None:
    """As decision 22 has it."""
    keys, panel = app.extensions["keys"], published_itt().panels[0]
    young = make_person(Role.YOUNG_MEMBER, panel=panel)
    facilitator = actor_of(make_person(Role.FACILITATOR, panel=panel))
    card = issue_card(member_user=young, issued_by=facilitator, keys=keys, now=clock.now())
    stored = db.session.scalars(select(AccessCard.code_hash)).all()
    assert keys.keyed_hash(f"{CardPurpose.SITTING}:{normalise_code(card.code)}") in stored
    make_recovery_codes(actor=actor_of(make_person(Role.COMMISSIONER)), now=clock.now())
    assert {held[:10] for held in db.session.scalars(select(RecoveryCode.code_hash))} == {"$argon2id$"}
