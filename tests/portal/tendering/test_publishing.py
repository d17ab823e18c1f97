"""Publishing an invitation to tender."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import current_app
from nacl.public import PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.drafts import NotReady
from portal.core.errors import NotAllowed, NotFound, PortalError, WrongState
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.tendering.criteria import save_weights
from portal.tendering.models import InvitationToTender
from portal.tendering.publishing import publish_itt
from portal.tendering.queries import find_itt
from portal.tendering.states import IttStatus
from tender_scoring import method_hash, validate_method
from tests.factories.accounts import actor_of, make_person
from tests.factories.tendering import draft_itt, make_commissioner, published_itt, ready_itt, set_weight

if TYPE_CHECKING:
    from flask import Flask


def publish(itt: InvitationToTender, actor: Any, **details: Any) -> None:
    """Publish it now, with the application's keys."""
    publish_itt(
        **{
            "itt": itt,
            "actor": actor,
            "now": clock.now(),
            "keys": current_app.extensions["keys"],
            "demonstration": False,
        }
        | details
    )


def test_publishing_freezes_and_hashes_the_method(db_session: object) -> None:
    """The method is the engine's canonical form, its hash the engine's, and both are in the ledger's entry."""
    actor = make_commissioner()
    itt = ready_itt(actor=actor)
    publish(itt, actor)
    assert itt.status is IttStatus.PUBLISHED
    assert itt.method == validate_method(itt.method).to_dict()
    assert itt.method_hash == method_hash(itt.method)
    event = events_of(itt.id)[-1]
    assert (event.kind, event.actor_id, event.data["method_hash"]) == (
        "itt_published",
        actor.user_id,
        itt.method_hash,
    )
    assert event.data["basis"] == "central_reference"


def test_the_private_key_stays_outside_the_database(db_session: object) -> None:
    """The key folder holds the private half of the public key that the row carries."""
    itt = published_itt()
    private = current_app.extensions["keys"].opening_key(itt.id, demonstration=False)
    assert bytes(PrivateKey(private).public_key) == itt.seal_public_key
    assert private not in (itt.seal_public_key, itt.method_hash)


def test_a_publication_that_was_rolled_back_can_be_repeated(db_session: Any, tmp_path: Path) -> None:
    """The key that the first try left behind is the one that the second try uses."""
    actor = make_commissioner()
    itt = ready_itt(actor=actor)
    db_session.commit()
    keys = KeyFolder(tmp_path / "keys")
    publish(itt, actor, keys=keys)
    db_session.rollback()
    assert itt.status is IttStatus.DRAFT
    publish(itt, actor, keys=keys)
    assert bytes(PrivateKey(keys.opening_key(itt.id, demonstration=False)).public_key) == itt.seal_public_key


def test_an_unready_draft_is_refused_with_everything_that_is_missing(db_session: object) -> None:
    """Timetable, weights and publication basis are all named, and nothing happened."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    set_weight(itt, "price", "15")
    with pytest.raises(NotReady) as refused:
        publish(itt, actor)
    messages = [problem.message for problem in refused.value.problems]
    assert "The weights of the four parts total 95, they must total 100." in messages
    assert "Give the day and time when bidding closes." in messages
    assert refused.value.message == f"{messages[0]} There are {len(messages) - 1} more to put right."
    assert (itt.status, itt.method, [event.kind for event in events_of(itt.id)]) == (
        IttStatus.DRAFT,
        None,
        ["itt_drafted"],
    )


def test_a_closing_time_that_has_come_meanwhile_is_refused(db_session: object) -> None:
    """What was in the future when the timetable was saved is checked again at publication."""
    actor = make_commissioner()
    itt = ready_itt(actor=actor, closes_in=timedelta(hours=1))
    with pytest.raises(NotReady, match="The closing time must be in the future"):
        publish(itt, actor, now=clock.now() + timedelta(hours=2))


def test_only_the_authoritys_commissioner_publishes_and_once(db_session: object) -> None:
    """Another role, another authority, and a second time are refused."""
    actor = make_commissioner()
    itt = ready_itt(actor=actor)
    authority = db.session.get(ContractingAuthority, actor.authority_id)
    with pytest.raises(NotAllowed):
        publish(itt, actor_of(make_person(Role.APPROVER, Role.OPENER, authority=authority)))
    with pytest.raises(NotFound):
        publish(itt, make_commissioner())
    publish(itt, actor)
    with pytest.raises(WrongState):
        publish(itt, actor)


FROZEN = {
    "weight": "UPDATE award_criterion SET weight = 1 WHERE itt_id = :itt",
    "criterion": "DELETE FROM award_criterion WHERE itt_id = :itt",
    "share": "UPDATE panel_share SET share = 39 WHERE criterion_id IN (SELECT id FROM award_criterion "
    "WHERE itt_id = :itt)",
    "panel": "UPDATE panel SET combine = 'mean' WHERE itt_id = :itt",
    "scale": "UPDATE scale SET maximum = 10 WHERE itt_id = :itt",
    "descriptor": "UPDATE scale_band SET descriptor = 'x' WHERE scale_id IN (SELECT id FROM scale WHERE itt_id = :itt)",
    "question": "UPDATE question SET prompt = 'x' WHERE itt_id = :itt",
    "new question": "INSERT INTO question (id, itt_id, position, key, kind, prompt, guidance, required) "
    "VALUES (gen_random_uuid(), :itt, 99, 'new', 'text', 'x', '', true)",
    "lot": "UPDATE lot SET title = 'x' WHERE itt_id = :itt",
    "method": "UPDATE itt SET method = '{}' WHERE id = :itt",
    "hash": "UPDATE itt SET method_hash = 'x' WHERE id = :itt",
    "key": "UPDATE itt SET seal_public_key = '\\x00' WHERE id = :itt",
}


@pytest.mark.parametrize("change", FROZEN)
def test_the_database_refuses_every_change_of_the_method(db_session: Any, change: str) -> None:
    """Whatever the application does, weights, shares, scales, questions and the hash stay (C-04)."""
    itt = published_itt()
    db_session.commit()
    with pytest.raises(IntegrityError, match="the published method cannot be changed"):
        db_session.execute(text(FROZEN[change]), {"itt": itt.id})
    db_session.rollback()


@pytest.mark.parametrize("change", ["weight", "share", "descriptor", "question", "lot"])
def test_a_draft_can_be_changed(db_session: Any, change: str) -> None:
    """The same statements pass on a draft, so the refusal above is the trigger's."""
    itt = draft_itt()
    db_session.flush()
    assert db_session.execute(text(FROZEN[change]), {"itt": itt.id}).rowcount > 0


def test_editing_and_publishing_take_turns(fresh_app: Flask) -> None:
    """An edit that waits for a publication finds it published; the frozen method is what was checked."""
    with fresh_app.app_context():
        actor = make_commissioner()
        reference = ready_itt(actor=actor).reference
        db.session.commit()
    locked, outcome = threading.Event(), list[str]()
    late = _in_thread(fresh_app, lambda: _edit(reference, actor, locked, outcome))
    with fresh_app.app_context():
        itt = find_itt(reference)
        publish(itt, actor)
        locked.set()
        late.join(0.5)
        assert late.is_alive()
        db.session.commit()
        late.join(10)
        db.session.expire_all()
        assert outcome == ["wrong_state"]
        assert itt.method_hash == method_hash(itt.method or {})
        assert sum(node.weight for node in itt.criteria if node.parent_id is None) == 100


def _edit(reference: str, actor: Any, locked: threading.Event, outcome: list[str]) -> None:
    itt = find_itt(reference)
    locked.wait(10)
    try:
        save_weights(itt=itt, weights={node.id: Decimal(100) for node in itt.criteria}, actor=actor)
    except PortalError as refusal:
        outcome.append(refusal.code)
    db.session.rollback()


def _in_thread(app: Flask, act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        with app.app_context():
            act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
