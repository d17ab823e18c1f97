"""Taking a row: the lock, then what is there, then who may."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.core.errors import NotFound, WrongState
from portal.core.permissions import Verb
from portal.core.taking import lock, take
from portal.extensions import db
from portal.tendering.decline_models import Decline
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.accounts import make_person
from tests.factories.tendering import make_commissioner, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def behind_its_back(statement: str) -> None:
    """Change rows as another transaction would, unseen by what has been read already."""
    db.session.flush()
    db.session.connection().exec_driver_sql(statement)


def test_what_was_read_before_the_lock_is_read_again() -> None:
    """The row as it is under the lock, in the very object that the caller holds."""
    itt = published_itt(actor=make_commissioner(), closes_in=timedelta(days=3))
    behind_its_back("UPDATE itt SET title = 'Changed'")
    assert lock(InvitationToTender, itt.id) is itt
    assert itt.title == "Changed"


def test_what_was_changed_before_the_lock_is_kept() -> None:
    """Reading afresh undoes nothing that the same transaction has done."""
    person = make_person()
    person.display_name = "Renamed"
    assert lock(User, person.id).display_name == "Renamed"


def test_the_policy_is_asked_after_the_lock() -> None:
    """Whoever comes second is judged by what the first one left behind."""
    officer = make_commissioner()
    itt = published_itt(actor=officer, closes_in=timedelta(days=3))
    take(itt, Verb.APPOINT_PANEL, actor=officer)
    behind_its_back("UPDATE itt SET status = 'discarded'")
    assert itt.status is IttStatus.PUBLISHED
    with pytest.raises(WrongState, match="it is discarded"):
        take(itt, Verb.APPOINT_PANEL, actor=officer)


def test_what_is_gone_cannot_be_taken() -> None:
    """A row that is not there is not found, one with a compound key as well."""
    for model, identity in ((User, uuid.uuid4()), (Decline, (uuid.uuid4(), uuid.uuid4()))):
        with pytest.raises(NotFound):
            lock(model, identity)  # type: ignore[type-var]


def test_only_the_row_itself_is_locked(count_statements: Callable[[], AbstractContextManager[list[str]]]) -> None:
    """The statement locks the row, and nothing of the tables that it joins; others who only rely on it share."""
    itt = published_itt(actor=make_commissioner(), closes_in=timedelta(days=3))
    with count_statements() as statements:
        lock(InvitationToTender, itt.id, joinedload(InvitationToTender.authority))
        lock(InvitationToTender, itt.id, share=True)
    endings = [statement.rsplit("FOR ", 1)[-1] for statement in statements if " FOR " in statement]
    assert endings == ["UPDATE OF itt", "SHARE OF itt"]
