"""Appointing, removing, cards."""

from __future__ import annotations

import pytest
from flask import current_app
from sqlalchemy import select

from portal.accounts.card_models import AccessCard
from portal.accounts.cards import SeenCard, use_card
from portal.accounts.models import HeldRole, User
from portal.accounts.sessions import find_signed_in
from portal.accounts.throttling import Origin
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.evaluation.models import PanelMember
from portal.evaluation.panels import (
    Appointee,
    appoint_panel_member,
    invite_panel_member_again,
    issue_sitting_card,
)
from portal.evaluation.removing import remove_panel_member
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.extensions import db
from tests.factories.absences import make_absence
from tests.factories.accounts import PIN, actor_of, make_person
from tests.factories.bidding import close_now, open_itt, opener_of
from tests.factories.evaluation import (
    KEYS,
    LOCAL,
    YOUNG,
    Evaluation,
    agree_all,
    appoint,
    appointed,
    close,
    declare,
    moderating_itt,
    recuse,
    score_all,
    scoring_itt,
    start,
)
from tests.factories.tendering import draft_itt, make_commissioner, panel_named, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def waiting() -> Evaluation:
    """A published ITT without anybody on its panels."""
    itt = published_itt()
    return Evaluation(itt, make_commissioner(itt.authority), {key: [] for key in KEYS})


def put(evaluation: Evaluation, key: str, appointee: Appointee) -> PanelMember:
    """Appoint as the commissioner."""
    return appoint_panel_member(
        itt=evaluation.itt,
        panel=panel_named(evaluation.itt, key),
        appointee=appointee,
        actor=evaluation.commissioner,
        now=clock.now(),
    )


def test_a_young_person_has_an_alias_and_nothing_else(waiting: Evaluation) -> None:
    """The account holds neither address nor password, and the record neither alias nor name."""
    made = put(waiting, YOUNG, Appointee(MemberRole.YOUNG_MEMBER, "  Blue   Fox "))
    person = db.session.get_one(User, made.user_id)
    assert (person.display_name, person.email, person.password_hash) == ("Blue Fox", None, None)
    last = events_of(waiting.itt.id)[-1]
    assert (last.kind, last.object_id) == ("panel_member_appointed", made.id)
    assert last.data == {"panel": YOUNG, "role": "young_member", "person": str(person.id)}


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [
        ("", None, "name"),
        ("a" * 31, None, "name"),
        ("fox@school.example", None, "name"),
        ("Call 07700", None, "name"),
        ("Fox", "fox@school.example", "email"),
        ("BLUE fox", None, "name"),
    ],
)
def test_an_alias_gives_nothing_away(waiting: Evaluation, name: str, email: str | None, field: str) -> None:
    """No address, no number, nothing too long, and no alias twice on one panel."""
    put(waiting, YOUNG, Appointee(MemberRole.YOUNG_MEMBER, "Blue Fox"))
    with pytest.raises(InvalidInput) as refused:
        put(waiting, YOUNG, Appointee(MemberRole.YOUNG_MEMBER, name, email))
    assert refused.value.field == field


def test_somebody_new_is_invited_and_somebody_known_gets_a_seat(waiting: Evaluation) -> None:
    """A new address makes an account that waits for a password, and can be invited again; a known one gets the role."""
    new = put(waiting, LOCAL, Appointee(MemberRole.CHAIR, "Demo Chair", "Chair@Panel.Example"))
    assert (new.user.email, new.user.awaits_joining) == ("chair@panel.example", True)
    told = {"itt": waiting.itt, "actor": waiting.commissioner, "now": clock.now()}
    invite_panel_member_again(member=new, **told)
    assert [event.kind for event in events_of("system")].count("member_invited") == 2
    known = make_person()
    seat = put(waiting, LOCAL, Appointee(MemberRole.MEMBER, "ignored", known.email))
    assert (seat.user_id, seat.alias) == (known.id, known.display_name)
    with pytest.raises(WrongState):
        invite_panel_member_again(member=seat, **told)
    assert actor_of(known).panels == {panel_named(waiting.itt, LOCAL).id: frozenset({Role.PANEL_MEMBER})}


def test_roles_belong_to_their_panels(waiting: Evaluation) -> None:
    """A young person only on the young people's panel, a chair only on the others, and one chair a panel."""
    for key, role in (
        (LOCAL, MemberRole.YOUNG_MEMBER),
        (LOCAL, MemberRole.FACILITATOR),
        (YOUNG, MemberRole.CHAIR),
    ):
        with pytest.raises(InvalidInput, match="no such role"):
            put(waiting, key, Appointee(role, "Somebody", "somebody@panel.example"))
    appoint(waiting, LOCAL, MemberRole.CHAIR)
    with pytest.raises(InvalidInput, match="has a chair already"):
        appoint(waiting, LOCAL, MemberRole.CHAIR)


def test_nobody_judges_twice_or_where_they_bid_or_opened(waiting: Evaluation) -> None:
    """Not on two panels of one procurement, not for a provider, not after opening the bids."""
    seat = appoint(waiting, LOCAL, MemberRole.MEMBER)
    bidder = make_person(Role.SUBMITTER)
    for person, words in ((seat.user, "sits on a panel"), (bidder, "works for a provider")):
        with pytest.raises(InvalidInput, match=words):
            put(waiting, "parents", Appointee(MemberRole.MEMBER, "x", person.email))
    first, second = opener_of(waiting.itt.authority), opener_of(waiting.itt.authority)
    close_now(waiting.itt)
    open_itt(waiting.itt, (first, second))
    opened = db.session.get_one(User, second.user_id)
    with pytest.raises(InvalidInput, match="opened the bids"):
        put(waiting, LOCAL, Appointee(MemberRole.MEMBER, "x", opened.email))


@pytest.mark.parametrize("opened_by", ["their deputy", "whom they stand in for now"])
def test_nobody_judges_where_their_other_half_opened(waiting: Evaluation, opened_by: str) -> None:
    """A deputy and the person they stand in for are one at an opening as in every act of two people."""
    authority = waiting.itt.authority
    assert authority is not None
    openers = [make_person(Role.OPENER, authority=authority) for _ in range(2)]
    judge = make_person(Role.AUDITOR, authority=authority)
    close_now(waiting.itt)
    if opened_by == "their deputy":
        absence = make_absence(judge, openers[0], authority)
        open_itt(waiting.itt, (actor_of(openers[0]), actor_of(openers[1])))
        absence.ends_at = clock.now()
    else:
        open_itt(waiting.itt, (actor_of(openers[0]), actor_of(openers[1])))
        make_absence(openers[1], judge, authority)
    db.session.flush()
    with pytest.raises(InvalidInput, match="stood in for who did or had them stand in"):
        put(waiting, LOCAL, Appointee(MemberRole.MEMBER, "x", judge.email))


def test_only_a_published_itt_of_ones_own_takes_members() -> None:
    """A draft is the wrong state, another authority's commissioner finds nothing, an auditor may not."""
    draft = draft_itt()
    with pytest.raises(WrongState):
        put(
            Evaluation(draft, make_commissioner(draft.authority), {}),
            LOCAL,
            Appointee(MemberRole.MEMBER, "x", "x@y.example"),
        )
    itt = published_itt()
    with pytest.raises(NotFound):
        put(Evaluation(itt, make_commissioner(), {}), LOCAL, Appointee(MemberRole.MEMBER, "x", "x@y.example"))
    auditor = actor_of(make_person(Role.AUDITOR, authority=itt.authority))
    with pytest.raises(NotAllowed):
        put(Evaluation(itt, auditor, {}), LOCAL, Appointee(MemberRole.MEMBER, "x", "x@y.example"))


def test_removing_ends_the_role_and_keeps_the_record(waiting: Evaluation) -> None:
    """The membership ends at once; a young person's account closes as well."""
    member, young = (
        appoint(waiting, LOCAL, MemberRole.MEMBER),
        appoint(waiting, YOUNG, MemberRole.YOUNG_MEMBER),
    )
    for seat in (member, young):
        remove_panel_member(itt=waiting.itt, member=seat.member, actor=waiting.commissioner, now=clock.now())
        assert actor_of(seat.user).panels == {}
        assert seat.member.removed_at is not None
    db.session.refresh(young.user)
    db.session.refresh(member.user)
    assert (young.user.is_active, member.user.is_active) == (False, True)
    assert [event.kind for event in events_of(waiting.itt.id)][-2:] == ["panel_member_removed"] * 2


def test_a_panel_that_moderates_loses_nobody_by_one_person_and_gains_only_who_does_not_score() -> None:
    """Removal by one and a new scorer are refused; a facilitator may join, and a member take the empty chair."""
    evaluation = scoring_itt(1)
    for seat in evaluation.scorers(LOCAL):
        score_all(evaluation, seat)
    start(evaluation, LOCAL)
    chair, member = evaluation.seats[LOCAL]
    with pytest.raises(WrongState):
        remove_panel_member(itt=evaluation.itt, member=member.member, actor=evaluation.commissioner, now=clock.now())
    with pytest.raises(WrongState):
        appoint(evaluation, LOCAL, MemberRole.MEMBER)
    recuse(chair, evaluation.bids()[0])
    made = put(evaluation, LOCAL, Appointee(MemberRole.CHAIR, "x", member.user.email))
    assert made.id == member.member.id
    assert actor_of(member.user).panels[member.panel.id] == frozenset({Role.CHAIR})


def test_a_card_opens_a_sitting_of_the_young_person_it_was_made_for() -> None:
    """The facilitator issues it while the panel scores; the code opens nothing alone and cannot be read back (Y-04)."""
    evaluation = scoring_itt(1)
    facilitator, young = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)[0]
    keys = current_app.extensions["keys"]
    member, card = issue_sitting_card(
        work=facilitator.work, member_id=young.member.id, actor=facilitator.actor, keys=keys, now=clock.now()
    )
    assert member.id == young.member.id
    stored = db.session.scalars(select(AccessCard).where(AccessCard.user_id == young.user.id)).one()
    assert card.code.encode() not in stored.code_hash
    used = {"code": card.code, "again": PIN, "origin": Origin("192.0.2.1"), "keys": keys, "now": clock.now()}
    assert use_card(pin="", **used) == SeenCard(has_pin=False)
    opened = use_card(pin=PIN, **used)
    assert opened is not None
    assert opened.token is not None
    db.session.flush()
    signed_in = find_signed_in(opened.token, clock.now())
    assert signed_in is not None
    assert signed_in.user_id == young.user.id


def test_cards_are_the_facilitators_and_only_while_the_panel_scores() -> None:
    """A young person, another panel's chair and the commissioner cannot issue one; nor can anybody too early."""
    evaluation = scoring_itt(1)
    young, keys = evaluation.scorers(YOUNG)[0], current_app.extensions["keys"]
    work = young.work
    for actor, error in (
        (young.actor, NotAllowed),
        (evaluation.commissioner, NotAllowed),
        (evaluation.moderator(LOCAL).actor, NotFound),
    ):
        with pytest.raises(error):
            issue_sitting_card(work=work, member_id=young.member.id, actor=actor, keys=keys, now=clock.now())
    facilitator = evaluation.moderator(YOUNG)
    other = evaluation.seats[LOCAL][0].member.id
    with pytest.raises(NotFound):
        issue_sitting_card(work=work, member_id=other, actor=facilitator.actor, keys=keys, now=clock.now())
    early = appointed(published_itt())
    with pytest.raises(WrongState):
        issue_sitting_card(
            work=early.moderator(YOUNG).work,
            member_id=early.scorers(YOUNG)[0].member.id,
            actor=early.moderator(YOUNG).actor,
            keys=keys,
            now=clock.now(),
        )


def test_a_membership_of_a_panel_holds_no_other_place(waiting: Evaluation) -> None:
    """The role is on the panel alone: neither the authority nor a provider is attached to it."""
    seat = appoint(waiting, LOCAL, MemberRole.CHAIR)
    row = db.session.scalars(select(HeldRole).where(HeldRole.user_id == seat.user.id)).one()
    assert (row.panel_id, row.authority_id, row.provider_id) == (seat.panel.id, None, None)


@pytest.mark.usefixtures("db_session")
def test_somebody_new_takes_the_empty_chair_while_the_panel_moderates() -> None:
    """Nobody is stuck: they declare, agree with the others, and have no score of their own; with a chair nobody can."""
    evaluation = moderating_itt(1, professionals=3)
    chair, *others = evaluation.seats[LOCAL]
    with pytest.raises(InvalidInput, match="has a chair already"):
        appoint(evaluation, LOCAL, MemberRole.CHAIR)
    with pytest.raises(WrongState, match="2 members that it needs"):
        appoint(evaluation, LOCAL, MemberRole.MEMBER)
    recuse(chair, evaluation.bids()[0])
    new = appoint(evaluation, LOCAL, MemberRole.CHAIR)
    declare(new)
    evaluation.seats[LOCAL] = [new, *others]
    agree_all(evaluation, LOCAL)
    close(evaluation, LOCAL)
    assert new.work.status is PanelWorkStatus.CLOSED


@pytest.mark.usefixtures("db_session")
def test_somebody_new_makes_up_the_least_number_while_the_panel_moderates() -> None:
    """A panel of which one is left goes on with another member."""
    evaluation = moderating_itt(1)
    chair, member = evaluation.seats[LOCAL]
    recuse(member, evaluation.bids()[0])
    declare(appoint(evaluation, LOCAL, MemberRole.MEMBER))
    agree_all(evaluation, LOCAL)
    close(evaluation, LOCAL)
    assert chair.work.status is PanelWorkStatus.CLOSED
