"""A young panel member's card and PIN."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.card_models import AccessCard, CardPurpose, SittingPin
from portal.accounts.cards import (
    SITTING_LASTS,
    CardCount,
    SeenCard,
    card_counts,
    forget_pin,
    issue_card,
    use_card,
)
from portal.accounts.handed_codes import hand_out
from portal.accounts.models import HeldRole, User
from portal.accounts.passwords import password_matches
from portal.accounts.pins import choose_pin
from portal.accounts.sessions import find_signed_in
from portal.accounts.throttling import Origin, TooManyTries
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.tendering.models import Panel
from tests.factories.accounts import PIN, actor_of, make_person
from tests.factories.tendering import draft_itt, panel_named

NOW = clock.now()


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys."""
    return app.extensions["keys"]


@pytest.fixture
def panel(keys: KeyFolder) -> Panel:
    """A young people's panel."""
    return panel_named(draft_itt(), "young-people")


@pytest.fixture
def member(panel: Panel) -> User:
    """A young person on it."""
    return make_person(Role.YOUNG_MEMBER, panel=panel)


@pytest.fixture
def facilitator(panel: Panel) -> Actor:
    """The adult who helps the group."""
    return actor_of(make_person(Role.FACILITATOR, panel=panel))


def issued(member: User, facilitator: Actor, keys: KeyFolder) -> str:
    """The code on a new card."""
    card = issue_card(member_user=member, issued_by=facilitator, keys=keys, now=NOW)
    db.session.flush()
    return card.code


def seen(
    code: str, keys: KeyFolder, *, pin: str = PIN, again: str = PIN, days: float = 0, address: str = "192.0.2.1"
) -> SeenCard | None:
    """What comes of a code and a PIN."""
    found = use_card(code=code, pin=pin, again=again, origin=Origin(address), keys=keys, now=NOW + timedelta(days=days))
    db.session.flush()
    return found


def used(code: str, keys: KeyFolder, **details: Any) -> str | None:
    """The session's token for a code and a PIN."""
    found = seen(code, keys, **details)
    return found.token if found else None


def test_a_card_opens_one_sitting_of_two_hours(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """The sitting belongs to the young person, needs no second factor, and is over after two hours."""
    token = used(issued(member, facilitator, keys), keys)
    assert token is not None
    found = find_signed_in(token, NOW)
    assert found is not None
    assert (found.user_id, found.awaits_factor, found.email) == (member.id, False, None)
    assert found.actor.roles == {Role.YOUNG_MEMBER}
    row = db.session.scalars(select(AccessCard)).one()
    assert row.used_at == NOW
    assert find_signed_in(token, NOW + SITTING_LASTS) is None


def test_a_code_without_the_pin_opens_nothing(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """Neither the first time nor later, nor on the next card; the PIN that was chosen opens each (Y-04)."""
    code = issued(member, facilitator, keys)
    assert seen(code, keys, pin="") == SeenCard(has_pin=False)
    assert db.session.scalars(select(AccessCard)).one().used_at is None
    assert used(code, keys) is not None
    for card in (code, None):
        card = card or issued(member, facilitator, keys)
        assert seen(card, keys, pin="") == SeenCard(has_pin=True)
        assert seen(card, keys, pin="1357", again="1357") == SeenCard(has_pin=True, is_wrong=True)
        assert used(card, keys) is not None


@pytest.mark.parametrize(
    ("pin", "again", "field"),
    [
        ("123", "123", "pin"), ("1234567", "1234567", "pin"), ("12a4", "12a4", "pin"), ("0000", "0000", "pin"),
        ("777777", "777777", "pin"), ("1234", "1234", "pin"), ("98765", "98765", "pin"), (PIN, "1357", "again"),
    ],
)  # fmt: skip
def test_a_pin_that_is_easy_or_not_typed_twice_is_refused(
    member: User, facilitator: Actor, keys: KeyFolder, pin: str, again: str, field: str
) -> None:
    """With the fault beside its field; the card is as it was."""
    code = issued(member, facilitator, keys)
    with pytest.raises(InvalidInput) as refusal:
        seen(code, keys, pin=pin, again=again)
    assert refusal.value.field == field
    assert db.session.scalars(select(SittingPin)).all() == []


@pytest.mark.parametrize("typed", [" 24 68 ", "２４６８", "24-68"])
def test_how_a_pin_is_typed_does_not_matter(member: User, facilitator: Actor, keys: KeyFolder, typed: str) -> None:
    """Spaces, wide digits and hyphens are read as the digits."""
    code = issued(member, facilitator, keys)
    assert used(code, keys) is not None
    assert used(code, keys, pin=typed) is not None


def test_the_second_to_choose_a_pin_is_told(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """Of two first uses at one moment one PIN stands, and the other hears that somebody was there."""
    issued(member, facilitator, keys)
    card = db.session.scalars(select(AccessCard)).one()
    choose_pin(card=card, member=member, pin=PIN, again=PIN, keys=keys, now=NOW)
    with pytest.raises(InvalidInput) as refusal:
        choose_pin(card=card, member=member, pin="1357", again="1357", keys=keys, now=NOW)
    assert refusal.value.field == "code"


def test_wrong_pins_are_slowed_and_stop_the_card(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """The sixth waits, the tenth in a row stops the card; each is on record, and what was typed is not (Y-04)."""
    code = issued(member, facilitator, keys)
    assert used(code, keys) is not None
    for _ in range(5):
        assert used(code, keys, pin="1357") is None
    with pytest.raises(TooManyTries) as refusal:
        used(code, keys, pin="1357")
    assert refusal.value.field == "pin"
    for later in range(1, 6):
        assert used(code, keys, pin="1357", days=later) is None
    assert seen(code, keys, days=6) is None
    refused = [event.data for event in events_of("system") if event.kind == EventKind.CODE_REFUSED]
    assert refused == [{"purpose": "pin"}] * 10 + [{"purpose": "sitting"}]
    assert used(issued(member, facilitator, keys), keys, days=6) is not None


def test_a_forgotten_pin_takes_every_card_with_it(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """Whoever finds an old card chooses no PIN with it; the next card asks for a new one, and the sitting is over."""
    code = issued(member, facilitator, keys)
    token = used(code, keys)
    forget_pin(member_user=member, actor=facilitator, now=NOW)
    assert token is not None
    assert find_signed_in(token, NOW) is None
    assert seen(code, keys, pin="") is None
    assert seen(issued(member, facilitator, keys), keys, pin="") == SeenCard(has_pin=False)


def test_what_may_show_that_another_sat_is_counted(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """Cards that were issued, sittings, and those that ended one which was still open."""
    code = issued(member, facilitator, keys)
    for _ in range(2):
        used(code, keys)
    used(issued(member, facilitator, keys), keys, days=1)
    assert card_counts([member.id]) == {member.id: CardCount(issued=2, sittings=3, took_over=1)}


def test_a_pin_is_kept_slowly_and_under_the_key(
    member: User, facilitator: Actor, keys: KeyFolder, tmp_path: Path
) -> None:
    """Whoever has the table alone cannot try ten thousand PINs."""
    code = issued(member, facilitator, keys)
    used(code, keys)
    held = db.session.scalars(select(SittingPin)).one().pin_hash
    assert held.startswith("$argon2id$")
    assert not password_matches(held, PIN)
    assert not password_matches(held, KeyFolder(tmp_path).keyed_hash(f"pin:{member.id}:{PIN}").hex())


@pytest.mark.parametrize("written", ["{}", " {} ", "lower", "spaces"])
def test_how_a_code_is_typed_does_not_matter(member: User, facilitator: Actor, keys: KeyFolder, written: str) -> None:
    """Small letters, spaces and missing hyphens are all fine."""
    code = issued(member, facilitator, keys)
    typed = {"lower": code.lower(), "spaces": code.replace("-", " ")}.get(written, written.format(code))
    assert used(typed, keys) is not None


def test_letters_that_look_like_digits_are_forgiven(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """O is read as 0, I and L as 1."""
    code = issued(member, facilitator, keys)
    assert used(code.replace("0", "O").replace("1", "l"), keys) is not None


def test_a_late_or_withdrawn_or_unknown_card_is_refused(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """After 14 days, after the next card was issued, or for a made-up code there is no sitting."""
    first = issued(member, facilitator, keys)
    assert used(first, keys, days=14) is None
    second = issued(member, facilitator, keys)
    assert used(first, keys) is None
    assert used("0000-0000-0000", keys) is None
    assert used(second, keys) is not None


def test_the_next_card_ends_the_sitting_before(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """A tablet that was left open is worth nothing once the young person has come in elsewhere."""
    left_open = used(issued(member, facilitator, keys), keys)
    again = used(issued(member, facilitator, keys), keys)
    assert left_open is not None
    assert again is not None
    assert find_signed_in(left_open, NOW) is None
    assert find_signed_in(again, NOW) is not None


def test_wrong_codes_are_slowed_and_keep_no_classroom_out(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """After very many wrong codes from an address the next one waits, and a right one there works all the same."""
    code = issued(member, facilitator, keys)
    for number in range(50):
        assert used(f"0000-0000-{number:04}", keys) is None
    with pytest.raises(TooManyTries) as refusal:
        used("0000-0000-9999", keys)
    assert refusal.value.field == "code"
    assert used("0000-0000-9999", keys, address="192.0.2.2") is None
    assert used(code, keys) is not None


def test_a_wrong_code_is_on_record_without_what_was_typed(keys: KeyFolder) -> None:
    """The ledger says that somebody tried a code, and neither which nor from where."""
    used("0000-0000-0000", keys)
    event = events_of("system")[-1]
    assert (event.kind, event.actor_id, event.data) == (EventKind.CODE_REFUSED, None, {"purpose": "sitting"})


def test_a_colleague_s_code_opens_no_sitting(facilitator: Actor, keys: KeyFolder) -> None:
    """A code that was made for joining is no card."""
    assert facilitator.user_id is not None
    code = hand_out(
        user_id=make_person(Role.CONTRIBUTOR).id,
        purpose=CardPurpose.JOINING,
        issued_by_id=facilitator.user_id,
        lasts=timedelta(days=14),
        keys=keys,
        now=NOW,
    )
    assert used(code, keys) is None
    assert [card.used_at for card in db.session.scalars(select(AccessCard))] == [None]


def test_only_the_facilitator_of_the_panel_issues(member: User, panel: Panel, keys: KeyFolder) -> None:
    """The chair of the same panel may not; to a facilitator of another panel the young person is unknown."""
    with pytest.raises(NotAllowed):
        issued(member, actor_of(make_person(Role.CHAIR, panel=panel)), keys)
    elsewhere = panel_named(draft_itt(), "young-people")
    with pytest.raises(NotFound):
        issued(member, actor_of(make_person(Role.FACILITATOR, panel=elsewhere)), keys)


def test_a_card_never_opens_an_adult_s_account(panel: Panel, facilitator: Actor, keys: KeyFolder) -> None:
    """Somebody who holds any other role gets no card: it would go round their password and second factor."""
    chair = make_person(Role.CHAIR, panel=panel)
    db.session.add(HeldRole(user_id=chair.id, role=Role.YOUNG_MEMBER, panel_id=panel.id))
    db.session.flush()
    with pytest.raises(NotAllowed):
        issued(chair, facilitator, keys)
    with pytest.raises(NotFound):
        issued(make_person(Role.COMMISSIONER), facilitator, keys)


def test_a_young_person_who_left_the_panel_has_no_sitting(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """The card of somebody whose membership ended is refused."""
    code = issued(member, facilitator, keys)
    db.session.scalars(select(HeldRole).where(HeldRole.user_id == member.id)).one().ended_at = NOW
    assert used(code, keys) is None


def test_cards_are_recorded_without_the_code(member: User, facilitator: Actor, keys: KeyFolder) -> None:
    """Issuing and using are in the ledger by identifier; the code is in neither the ledger nor the table."""
    code = issued(member, facilitator, keys)
    used(code, keys)
    events = [event for event in events_of("system") if event.kind.startswith("access_card")]
    assert [event.kind for event in events] == [EventKind.ACCESS_CARD_ISSUED, EventKind.ACCESS_CARD_USED]
    assert [event.actor_id for event in events] == [facilitator.user_id, member.id]
    row = db.session.scalars(select(AccessCard)).one()
    assert code not in f"{[event.data for event in events]} {row.code_hash!r}"
