"""What is kept for how long."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, update

from portal.accounts.absence_models import Absence
from portal.accounts.kept_forms import keep_form
from portal.accounts.link_models import AddressChange, LinkPurpose, MailedLink
from portal.accounts.mailed_links import issue_link
from portal.accounts.models import FailedGuess, HeldRole, KeptForm, KnownDevice, User, UserSession
from portal.accounts.sessions import end_session, find_signed_in, start_session
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.audit.verifying import verify_ledger
from portal.bidding.drafting import read_draft
from portal.bidding.models import BidFile
from portal.core import clock
from portal.core.columns import Model
from portal.core.errors import SealBroken
from portal.core.permissions import Role
from portal.core.personal import ERASED
from portal.core.seals import new_content_key
from portal.editing.earlier import Change, keep_earlier
from portal.editing.models import EarlierText
from portal.evaluation.held_states import HeldPlace, HeldStatus
from portal.evaluation.models import HeldWords
from portal.extensions import db, keys
from portal.organisations.claim_models import NumberClaim
from portal.organisations.models import Provider
from portal.organisations.states import ClaimStatus
from portal.privacy.keeping import hold_back, let_go, release, report
from portal.privacy.models import RetentionRun
from portal.privacy.retention import KINDS
from tests.factories.absences import make_absence
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import standing_award
from tests.factories.bidding import close_now, complete_draft, submitted_bid, submitter_of
from tests.factories.ending import cancelled
from tests.factories.evaluation import YOUNG, scoring_itt
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import published_itt

NOW = clock.now()
WORDS = "It is good, ask Zebedee."
BY_KEY = {kind.key: kind for kind in KINDS}

pytestmark = pytest.mark.usefixtures("db_session")


def later(key: str, *, days: float = 0) -> int:
    """Do what is due when the kind's time has just passed (and so many days more), as on a new day."""
    return let_go(now=NOW + BY_KEY[key].how_long + timedelta(days=days, seconds=1))


def count(model: type[Model]) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def claim_on(holder: Provider) -> NumberClaim:
    """Somebody claims the holder's number."""
    numbered = holder.identifiers[0]
    claim = NumberClaim(
        code_hash=new_content_key(), scheme=numbered.scheme, number=numbered.value, holder_id=holder.id, claimed_at=NOW
    )
    claim.contact, claim.words = "Demo Person", "It is ours"
    db.session.add(claim)
    return claim


def test_who_stood_in_for_whom_goes_six_years_later() -> None:
    """As long as the decisions can be asked about that the two could not take together."""
    person, deputy = (make_person(Role.OPENER, authority=make_authority(administrators=0)) for _ in range(2))
    make_absence(person, deputy, make_authority(), begins_at=NOW - timedelta(days=1), ends_at=NOW)
    later("absences", days=-1)
    assert count(Absence) == 1
    later("absences", days=1)
    assert count(Absence) == 0


def test_sign_in_records_go() -> None:
    """Wrong tries after a day, ended sessions after a month, browsers a year after they were used."""
    person = make_person(Role.CONTRIBUTOR)
    db.session.add(FailedGuess(target_hash=b"t", place_hash=b"p", at=NOW))
    db.session.add(KnownDevice(token_hash=b"d", user_id=person.id, created_at=NOW, last_used_at=NOW))
    tokens = [start_session(user_id=person.id, now=NOW) for _ in range(2)]
    first = find_signed_in(tokens[0], NOW)
    assert first is not None
    end_session(session_id=first.session_id, now=NOW)
    db.session.flush()
    assert [count(model) for model in (FailedGuess, UserSession, KnownDevice)] == [1, 2, 1]
    assert later("guesses") == 1
    assert later("sessions", days=-1) == 0
    assert later("sessions") == 1
    assert later("devices") == 2, "the other session has run out long ago"
    assert [count(model) for model in (FailedGuess, UserSession, KnownDevice)] == [0, 0, 0]


def test_links_go_and_then_the_changes_that_they_were_about(app: Flask) -> None:
    """A link 30 days after it ran out, the change of an address when no link leads to it any more."""
    person = make_person(Role.CONTRIBUTOR)
    change = AddressChange(user=person, new_email="new@demo.example", asked_at=NOW)
    db.session.add(change)
    record(EventKind.ADDRESS_CHANGE_ASKED, change, actor=actor_of(person), person=person.id)
    db.session.flush()
    issue_link(
        event=db.session.scalars(select(Event).where(Event.kind == EventKind.ADDRESS_CHANGE_ASKED)).one(),
        user_id=person.id,
        purpose=LinkPurpose.STOP_CHANGE,
        keys=app.extensions["keys"],
        now=NOW,
        change_id=change.id,
    )
    assert later("links", days=6) == 0, "it worked for a week"
    hold_back(key="links", reason="A court has asked for it today.", actor=actor_of(person))
    assert later("address_changes") == 0, "what is held back keeps what it is about"
    release(key="links", actor=actor_of(person), now=NOW)
    assert later("links", days=8) == 1
    assert later("address_changes", days=1) == 1
    assert [count(model) for model in (MailedLink, AddressChange)] == [0, 0]


def test_texts_that_nobody_sent_go() -> None:
    """What was typed and not sent after 30 days, what a draft said before after 90; neither a day earlier."""
    person = make_person(Role.CONTRIBUTOR)
    keys = current_app.extensions["keys"]
    typed = {"reason": ["My words"]}
    keep_form(user_id=person.id, address="/here", shown_on="/here", typed=typed, keys=keys, now=NOW)
    changes = {"title": Change("before", "after")}
    keep_earlier(draft="bid 1", changes=changes, actor_id=person.id, keys=keys, now=NOW)
    assert [later("kept_forms", days=-1), later("kept_forms")] == [0, 1]
    assert [later("earlier_texts", days=-1), later("earlier_texts")] == [0, 1]
    assert [count(model) for model in (KeptForm, EarlierText)] == [0, 0]


def test_nobody_knows_who_claimed_a_number_a_year_after_the_decision() -> None:
    """The claimant's key and words go; number, decision and reason stay, and a claim that waits keeps all."""
    decided, waits = (claim_on(make_provider("Demo Holder")) for _ in range(2))
    decided.status, decided.decided_at, decided.reason = ClaimStatus.DISMISSED, NOW, "The register names the holder."
    db.session.flush()
    assert [later("claims", days=-1), later("claims")] == [0, 1]
    db.session.expire_all()
    assert (decided.person_key, decided.contact, decided.words) == (None, "", "")
    assert (decided.reason, waits.contact) == ("The register names the holder.", "Demo Person")


def test_nothing_goes_twice_a_day_and_the_ledger_says_what_went() -> None:
    """The job looks once a day at each kind, notes it, and records how much went."""
    db.session.add(FailedGuess(target_hash=b"t", place_hash=b"p", at=NOW - timedelta(days=2)))
    db.session.flush()
    assert (let_go(now=NOW), let_go(now=NOW)) == (1, 0)
    assert count(RetentionRun) == len(KINDS)
    [event] = db.session.scalars(select(Event).where(Event.kind == "retention_carried_out"))
    assert (event.actor_id, event.data) == (None, {"kind": "guesses", "count": 1})
    assert verify_ledger().findings == ()


def test_what_is_held_back_stays() -> None:
    """Under a hold nothing goes and nothing is late; released, it goes (G-02)."""
    administrator = actor_of(make_person(Role.PLATFORM_ADMINISTRATOR))
    db.session.add(FailedGuess(target_hash=b"t", place_hash=b"p", at=NOW - timedelta(days=9)))
    db.session.flush()
    assert [line.kind.key for line in report(now=NOW) if line.is_late] == ["guesses"]
    hold_back(key="guesses", reason="The auditor asked for it on Monday.", actor=administrator)
    assert (let_go(now=NOW), [line for line in report(now=NOW) if line.is_late]) == (0, [])
    release(key="guesses", actor=administrator, now=NOW)
    assert let_go(now=NOW) == 1
    assert [line.due for line in report(now=NOW)] == [0] * len(KINDS)


def test_the_keys_of_cancelled_bids_go_and_drafts_stay_readable() -> None:
    """A year after a cancellation nobody can ever open what was sealed; its own provider still reads it."""
    itt, other, actor = published_itt(), published_itt(), submitter_of()
    bid = submitted_bid(itt, actor=actor)
    submitted_bid(other)
    cancelled(itt)
    later("opening_keys", days=-2)
    assert keys.opening_key(itt.id, demonstration=False)
    later("opening_keys", days=1)
    with pytest.raises(SealBroken):
        keys.opening_key(itt.id, demonstration=False)
    assert keys.opening_key(other.id, demonstration=False)
    assert read_draft(bid=bid, actor=actor, keys=keys).price == "118000.00"
    destroyed_at = itt.opening_key_destroyed_at
    assert destroyed_at is not None
    later("opening_keys", days=3)
    assert itt.opening_key_destroyed_at == destroyed_at


def test_young_people_are_forgotten_and_their_scores_stay() -> None:
    """Six months after the standstill no alias is left; adults of the panels and the record stay."""
    standing_award()
    db.session.flush()
    young = select(User).where(User.email_index.is_(None), User.person_key.is_not(None))
    before, adults = len(db.session.scalars(young).all()), count(User)
    assert before > 0
    assert later("young_people", days=-200) == 0
    later("young_people")
    db.session.expire_all()
    assert db.session.scalars(young).all() == []
    assert count(User) == adults
    assert {person.display_name for person in db.session.scalars(select(User).where(User.person_key.is_(None)))} == {
        ERASED
    }


def test_a_draft_that_was_never_sent_is_destroyed_and_its_hash_stays(app: Flask) -> None:
    """Thirty days after closing answers, price and files are gone; the ledger keeps their hashes; a sent bid stays."""
    itt = published_itt()
    sent, unsent = submitted_bid(itt), complete_draft(itt)
    close_now(itt)
    db.session.flush()
    sealed, files = unsent.draft_sealed, app.extensions["files"]
    stored = {row.stored_as: row.bid_id for row in db.session.scalars(select(BidFile))}
    assert sealed is not None
    assert later("bid_drafts", days=-2) == 0
    later("bid_drafts", days=1)
    db.session.commit()
    assert (unsent.draft_sealed, sent.draft_sealed is None) == (None, False)
    [event] = db.session.scalars(select(Event).where(Event.kind == "draft_destroyed"))
    assert (event.object_id, event.data["draft"]) == (unsent.id, hashlib.sha256(sealed).hexdigest())
    assert len(event.data["files"]) == len([bid for bid in stored.values() if bid == unsent.id])
    assert {bid for stored_as, bid in stored.items() if stored_as in set(files.identifiers())} <= {sent.id}
    assert verify_ledger().findings == ()


def test_people_without_a_role_are_forgotten() -> None:
    """Two years after the last role ended; whoever holds one stays."""
    gone, here = make_person(Role.CONTRIBUTOR), make_person(Role.CONTRIBUTOR)
    db.session.flush()
    db.session.execute(update(HeldRole).where(HeldRole.user_id == gone.id).values(ended_at=NOW))
    assert later("former_people", days=-2) == 0
    later("former_people")
    db.session.expire_all()
    assert (gone.display_name, here.display_name == ERASED) == (ERASED, False)


def test_every_kind_says_its_rule() -> None:
    """Each has a source that can be looked up, and a time that is not nothing."""
    assert len(BY_KEY) == len(KINDS)
    assert [kind.key for kind in KINDS if not any(word in kind.source for word in ("art", "s.", "reg"))] == []
    assert [kind.key for kind in KINDS if kind.how_long < timedelta(days=1)] == []
    assert BY_KEY["messages"].how_long >= timedelta(days=3 * 365), "the record of communications (s.98(4))"


def test_words_that_nobody_released_go_a_year_later() -> None:
    """What a lead has still to act on stays, what was released is part of the record; the row says what was done."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0].member
    kept = {
        status: HeldWords(
            panel_id=young.panel_id,
            author_id=young.user_id,
            place=HeldPlace.SCORE,
            words=WORDS,
            status=status,
            held_at=NOW,
        )
        for status in (HeldStatus.WITHHELD, HeldStatus.REPLACED, HeldStatus.WITH_LEAD, HeldStatus.RELEASED)
    }
    db.session.add_all(kept.values())
    db.session.flush()
    later("held_words", days=-1)
    assert {held.words for held in kept.values()} == {WORDS}
    later("held_words")
    db.session.expire_all()
    assert [held.words for held in kept.values()] == ["", "", WORDS, WORDS]
