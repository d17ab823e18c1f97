"""Whatever is changed in the ledger shows, and the application's role cannot change it at all."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.audit.verifying import Finding, verify_ledger
from portal.core.permissions import SYSTEM
from portal.extensions import db
from portal.running import postgres
from portal.tendering.models import InvitationToTender
from tests.services import Database

CHAIN = uuid.UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def ledger(fresh_app: Flask) -> Iterator[None]:
    """Five entries in one chain and two in another."""
    with fresh_app.app_context():
        for number in range(5):
            itt = InvitationToTender(id=CHAIN)
            record(EventKind.ITT_CHANGED, itt, actor=SYSTEM, number=number, price="118000.50")
        for _ in range(2):
            record(EventKind.SIGNED_IN, User(id=uuid.uuid4()), actor=SYSTEM)
        db.session.commit()
        yield


@pytest.fixture
def owner(fresh_database: Database) -> Iterator[psycopg.Connection]:
    """The owner of the schema, who can change everything."""
    with psycopg.connect(fresh_database.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("ALTER TABLE event DISABLE TRIGGER append_event")
        yield connection


@pytest.fixture
def web(fresh_database: Database) -> Iterator[psycopg.Connection]:
    """The application's own role."""
    with psycopg.connect(fresh_database.url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def findings() -> list[tuple[str, int]]:
    """Where something was found."""
    db.session.rollback()
    return [(finding.chain, finding.seq) for finding in verify_ledger().findings]


def test_an_untouched_ledger_is_sound(ledger: None) -> None:
    """Every entry of both chains was checked, and nothing was found (L-01)."""
    verified = verify_ledger()
    assert (verified.events, verified.chains, verified.findings) == (7, 2, ())


CHANGES = (
    "kind = 'itt_cancelled'",
    "at = at + interval '1 microsecond'",
    "actor_id = gen_random_uuid()",
    "actor_id = object_id",
    "object_type = 'bid'",
    "object_id = gen_random_uuid()",
    "data = jsonb_set(data, '{price}', '\"118000.51\"')",
    "data = data || '{\"more\": 1}'",
    "data = data - 'number'",
    "seeded = true",
    "prev = sha256('x')",
    "hash = sha256('x')",
)
PUT_BACK = """
    UPDATE event SET (kind, at, actor_id, object_type, object_id, data, seeded, prev, hash) =
        (kept.kind, kept.at, kept.actor_id, kept.object_type, kept.object_id, kept.data, kept.seeded,
         kept.prev, kept.hash)
    FROM kept WHERE kept.id = event.id
"""


def test_a_change_by_the_owner_shows(ledger: None, owner: psycopg.Connection) -> None:
    """Whichever column of an entry was changed, even by the owner of the schema, its place is named."""
    owner.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM event")
    unseen = []
    for change in CHANGES:
        owner.execute(f"UPDATE event SET {change} WHERE chain = %s AND seq = 3", [str(CHAIN)])
        if (str(CHAIN), 3) not in findings():
            unseen.append(change)
        owner.execute(PUT_BACK)
        assert findings() == []
    assert unseen == []


def test_a_removed_entry_shows(ledger: None, owner: psycopg.Connection) -> None:
    """The entry after the gap says that one is missing."""
    owner.execute("DELETE FROM delivery")
    owner.execute("DELETE FROM event WHERE chain = %s AND seq = 3", [str(CHAIN)])
    db.session.rollback()
    assert verify_ledger().findings == (Finding(str(CHAIN), 4, "an entry before it is missing"),)


def test_a_removed_end_shows(ledger: None, owner: psycopg.Connection) -> None:
    """The head still knows the last entry."""
    owner.execute("DELETE FROM delivery")
    owner.execute("DELETE FROM event WHERE chain = %s AND seq = 5", [str(CHAIN)])
    db.session.rollback()
    assert verify_ledger().findings == (Finding(str(CHAIN), 5, "the end of the chain is missing"),)


def test_a_removed_chain_shows(ledger: None, owner: psycopg.Connection) -> None:
    """All entries gone, or the head gone: one knows of the other."""
    owner.execute("DELETE FROM chain_head WHERE chain = 'system'")
    assert findings() == [("system", 0)]
    owner.execute("DELETE FROM delivery")
    owner.execute("DELETE FROM event WHERE chain = %s", [str(CHAIN)])
    assert findings() == [(str(CHAIN), 5), ("system", 0)]


def test_a_forged_entry_shows(ledger: None, owner: psycopg.Connection) -> None:
    """An entry that was inserted with a hash of its own does not follow the one before it."""
    owner.execute(
        "INSERT INTO event (id, chain, seq, at, kind, object_type, object_id, data, prev, hash) "
        "SELECT gen_random_uuid(), chain, 6, at, kind, object_type, object_id, data, sha256('a'), sha256('b') "
        "FROM event WHERE chain = %s AND seq = 5",
        [str(CHAIN)],
    )
    assert (str(CHAIN), 6) in findings()


def test_a_rewritten_tail_shows(ledger: None, owner: psycopg.Connection) -> None:
    """Whoever recomputes the hash of a changed entry still breaks the entry after it."""
    owner.execute("UPDATE event SET kind = 'forged' WHERE chain = %s AND seq = 3", [str(CHAIN)])
    owner.execute("UPDATE event SET hash = event_hash(event) WHERE chain = %s AND seq = 3", [str(CHAIN)])
    assert findings() == [(str(CHAIN), 4)]


def test_swapped_entries_show(ledger: None, owner: psycopg.Connection) -> None:
    """Two entries that changed places are both out of place."""
    for before, after in ((2, 99), (4, 2), (99, 4)):
        owner.execute("UPDATE event SET seq = %s WHERE chain = %s AND seq = %s", [after, str(CHAIN), before])
    assert {(str(CHAIN), 2), (str(CHAIN), 4)} <= set(findings())


def test_two_hundred_random_changes_are_all_found(ledger: None, owner: psycopg.Connection) -> None:
    """Any digit of any hash, time or number that is changed and put back again is found while it is changed."""
    chance = random.Random(7)
    for _ in range(200):
        seq, number = chance.randint(1, 5), chance.randint(10, 10**9)
        change = chance.choice(
            [
                f"at = at + interval '{number} microseconds'",
                f"data = data || '{{\"number\": {number}}}'",
                f"hash = sha256('{number}')",
                f"prev = sha256('{number}')",
                f"kind = kind || '{number}'",
            ]
        )
        with owner.transaction(force_rollback=True):
            owner.execute(f"UPDATE event SET {change} WHERE chain = %s AND seq = %s", [str(CHAIN), seq])
            found = owner.execute(
                "SELECT count(*) FROM (SELECT hash <> event_hash(event) OR prev <> coalesce(lag(hash) OVER "
                "(PARTITION BY chain ORDER BY seq), sha256(convert_to(chain, 'UTF8'))) AS bad FROM event) w WHERE bad"
            ).fetchone()
        assert found is not None
        assert found[0] > 0, change
    assert findings() == []


REFUSED = (
    "UPDATE event SET kind = 'forged'",
    "UPDATE event SET data = '{}'",
    "DELETE FROM event",
    "TRUNCATE event",
    "TRUNCATE event CASCADE",
    "UPDATE chain_head SET seq = 0",
    "DELETE FROM chain_head",
    "INSERT INTO chain_head (chain, seq, at, hash) VALUES ('x', 0, now(), sha256('x'))",
    "ALTER TABLE event DISABLE TRIGGER append_event",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "DROP TRIGGER append_event ON event",
    "DROP TABLE event CASCADE",
    "CREATE OR REPLACE FUNCTION append_event() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE OR REPLACE FUNCTION event_hash(e event) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea'",
    "SELECT append_event()",
    "SET session_replication_role = replica",
    f"SET ROLE {postgres.OWNER}",
    "INSERT INTO event (id, chain, seq, kind, object_type, object_id, data) "
    "VALUES (gen_random_uuid(), 'system', 77, 'forged', 'x', gen_random_uuid(), '{}')",
    "INSERT INTO event (id, chain, kind, object_type, object_id, data, hash) "
    "VALUES (gen_random_uuid(), 'system', 'forged', 'x', gen_random_uuid(), '{}', sha256('x'))",
    "INSERT INTO event (id, chain, kind, object_type, object_id, data, at) "
    "VALUES (gen_random_uuid(), 'system', 'forged', 'x', gen_random_uuid(), '{}', '2020-01-01')",
    "INSERT INTO installation (id, demonstration) VALUES (1, true)",
    "COPY event TO PROGRAM 'cat'",
    "CREATE TRIGGER mine BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION append_event()",
)


def test_the_application_s_role_may_only_add_and_read(ledger: None, web: psycopg.Connection) -> None:
    """Every way of changing the record is refused by the database itself (L-04, A-07)."""
    for statement in REFUSED:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(statement)  # type: ignore[call-overload]
    assert findings() == []


def test_the_application_s_role_does_add_and_read(ledger: None, web: psycopg.Connection) -> None:
    """An entry of its own gets its position, time and hash from the database."""
    web.execute(
        "INSERT INTO event (id, chain, kind, object_type, object_id, data) "
        "VALUES (gen_random_uuid(), 'system', 'signed_in', 'user', gen_random_uuid(), '{}')"
    )
    row = web.execute("SELECT max(seq), count(*) FROM event WHERE chain = 'system'").fetchone()
    assert row == (3, 3)
    assert findings() == []
