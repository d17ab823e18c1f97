"""Who sits on a panel: appointing, removing, cards for young members."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.cards import IssuedCard, issue_card
from portal.accounts.changing_roles import withdraw_invitation
from portal.accounts.inviting import require_invitable
from portal.accounts.models import HeldRole, User
from portal.accounts.people import add_person, person_with_email
from portal.accounts.sessions import actor_for
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import BidOpening
from portal.core.approval import is_first_person
from portal.core.columns import db
from portal.core.errors import InvalidInput, ManyRefused, NotFound, WrongState
from portal.core.parsing.emails import fold_email
from portal.core.parsing.text import has_text, length, one_line
from portal.core.permissions import PROVIDER_ROLES, Actor, Role, Verb
from portal.core.seals import KeyFolder
from portal.core.taking import lock, take
from portal.core.words import counted
from portal.evaluation.coverage import is_covered, least_members
from portal.evaluation.dealing import deal_again
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.states import SCORING_ROLES, MemberRole, PanelWorkStatus
from portal.tendering.interests.declaring import enter_panel_member
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.scoring_apart import why_not_to_score
from portal.tendering.states import PanelKind

ROLE_OF: dict[MemberRole, Role] = {
    MemberRole.CHAIR: Role.CHAIR,
    MemberRole.MEMBER: Role.PANEL_MEMBER,
    MemberRole.YOUNG_MEMBER: Role.YOUNG_MEMBER,
    MemberRole.FACILITATOR: Role.FACILITATOR,
}
ON_YOUNG_PANEL = (MemberRole.YOUNG_MEMBER, MemberRole.FACILITATOR)
ON_OTHER_PANELS = (MemberRole.CHAIR, MemberRole.MEMBER)
LONGEST_ALIAS = 30


@dataclass(frozen=True)
class Appointee:
    """Whom to appoint: a young person by alias alone, anybody else by name and e-mail address."""

    role: MemberRole
    name: str
    email: str | None = None


def roles_for(kind: PanelKind) -> tuple[MemberRole, ...]:
    """The roles that exist on a panel of this kind."""
    return ON_YOUNG_PANEL if kind is PanelKind.YOUNG_PEOPLE else ON_OTHER_PANELS


def require_young_people(work: PanelWork) -> None:
    """Raise `NotFound` for a panel of adults: what is asked of young people alone is not there."""
    if not work.panel.kind.is_young_people:
        raise NotFound("There is nothing of the kind on a panel of adults.")


def begin_work(panel: Panel) -> PanelWork:
    """Make the panel's row of work if it is not there, and return it locked until the transaction ends.

    The row's status is SCORING from the start, but its policy state is "waiting" until the bids are opened.
    """
    db.session.execute(
        insert(PanelWork).values(panel_id=panel.id, itt_id=panel.itt_id, status=PanelWorkStatus.SCORING)
        .on_conflict_do_nothing()
    )  # fmt: skip
    return lock(PanelWork, panel.id)


def appoint_panel_member(
    *,
    itt: InvitationToTender,
    panel: Panel,
    appointee: Appointee,
    actor: Actor,
    now: datetime,
) -> PanelMember:
    """Appoint a person to the panel of a published ITT.

    Consequences: a person not known yet gets an account, an adult with a link by mail, a young person with an
    alias and nothing else; the role holds from now on, and lets nobody read a bid before the opening
    and the person's declarations; the person is in the register of interests. During moderation somebody new can
    join as facilitator, take the empty chair as a member can, or make up the least number: they declare, agree with
    the others and have no score of their own. Records PANEL_MEMBER_APPOINTED. Raises
    `InvalidInput` (fields "role", "name", "email"), `NotAllowed`, `WrongState`.
    """
    take(itt, Verb.APPOINT_PANEL, actor=actor, share=True)
    work = begin_work(panel)
    _check_role(panel, appointee)
    if appointee.role is MemberRole.YOUNG_MEMBER:
        person = _new_young_person(panel, appointee)
    else:
        person = _adult(panel, appointee, actor=actor)
        _check_independent(itt, panel, person, appointee)
    _check_stage(work, panel, person, appointee)
    enter_panel_member(panel, person)
    member = _seat(panel, person, appointee, now=now)
    deal_again(work, actor=actor)
    record(
        EventKind.PANEL_MEMBER_APPOINTED, member, actor=actor, panel=panel.key, role=appointee.role, person=person.id
    )
    return member


def add_young_people(*, work: PanelWork, aliases: str, actor: Actor, now: datetime) -> list[PanelMember]:
    """Appoint several young people by their aliases, one a line, as the panel's facilitator.

    Consequences for each as of `appoint_panel_member`; all are appointed or none. Records PANEL_MEMBER_APPOINTED for
    each. Raises `ManyRefused` (field "aliases", each naming its line), `InvalidInput`, `NotAllowed`, `WrongState`.
    """
    work = take(work, Verb.ADD_YOUNG_PEOPLE, actor=actor)
    panel, added, refused = work.panel, [], []
    typed = [(number, alias) for number, alias in enumerate(aliases.splitlines(), 1) if has_text(alias)]
    if not typed:
        raise InvalidInput("Type at least one alias.", field="aliases")
    for number, alias in typed:
        appointee = Appointee(MemberRole.YOUNG_MEMBER, alias)
        try:
            person = _new_young_person(panel, appointee)
        except InvalidInput as refusal:
            refused.append(InvalidInput(f"Line {number}, “{one_line(alias)}”: {refusal.message}", field="aliases"))
            continue
        enter_panel_member(panel, person)
        added.append(_seat(panel, person, appointee, now=now))
    if refused:
        raise ManyRefused(refused)
    deal_again(work, actor=actor)
    for member in added:
        record(
            EventKind.PANEL_MEMBER_APPOINTED,
            member,
            actor=actor,
            panel=panel.key,
            role=member.role,
            person=member.user_id,
        )
    return added


def invite_panel_member_again(*, itt: InvitationToTender, member: PanelMember, actor: Actor, now: datetime) -> None:
    """Have the link mailed again to a member who has not joined yet. Records MEMBER_INVITED.

    Raises `NotAllowed`, `WrongState` for one who has joined or was written to three times in the last hour.
    """
    take(itt, Verb.APPOINT_PANEL, actor=actor, share=True)
    require_invitable(member.user, now)
    record(EventKind.MEMBER_INVITED, member.user, actor=actor, panel=member.panel_id)


def issue_sitting_card(
    *, work: PanelWork, member_id: uuid.UUID, actor: Actor, keys: KeyFolder, now: datetime
) -> tuple[PanelMember, IssuedCard]:
    """Issue a card to a young member, from the opening on; its code opens sittings.

    An unused card from before stops working. The code cannot be read back later. Records ACCESS_CARD_ISSUED.
    Raises `NotAllowed` for anybody but the facilitator, `NotFound` for a member who is not on the panel any
    more, `WrongState` before the opening and once the procurement has ended.
    """
    take(work, Verb.ISSUE_CARD, actor=actor, share=True)
    member = db.session.get(PanelMember, member_id)
    if member is None or member.panel_id != work.panel_id or not member.may_score:
        raise NotFound("There is no such young person on your panel.")
    return member, issue_card(member_user=member.user, issued_by=actor, keys=keys, now=now)


def end_seat(member: PanelMember, *, now: datetime) -> None:
    """End the person's role: from the next request on the panel does not exist for this person.

    The link by which somebody would have joined for it alone stops working.
    """
    db.session.execute(
        update(HeldRole)
        .where(
            HeldRole.user_id == member.user_id,
            HeldRole.panel_id == member.panel_id,
            HeldRole.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    withdraw_invitation(member.user, now=now)


def _check_role(panel: Panel, appointee: Appointee) -> None:
    if appointee.role not in roles_for(panel.kind):
        raise InvalidInput("There is no such role on this panel.", field="role")
    if not has_text(appointee.name):
        raise InvalidInput("Enter a name.", field="name")
    if appointee.role is MemberRole.CHAIR and _in_force(panel, MemberRole.CHAIR):
        raise InvalidInput("This panel has a chair already.", field="role")


def _check_stage(work: PanelWork, panel: Panel, person: User, appointee: Appointee) -> None:
    if work.status is PanelWorkStatus.CLOSED:
        raise WrongState("This panel has finished, so nobody can join it.")
    joins_as_scorer = appointee.role in SCORING_ROLES and _seat_in_force(panel, person) is None
    if work.status is not PanelWorkStatus.MODERATING or not joins_as_scorer or appointee.role is MemberRole.CHAIR:
        return
    if is_covered(work):
        raise WrongState(
            f"The panel is moderating, and has the {counted(least_members(panel), 'member')} that it needs. "
            "Somebody new can join now only as its chair, where it has none."
        )


def _new_young_person(panel: Panel, appointee: Appointee) -> User:
    alias = one_line(appointee.name)
    if length(alias) > LONGEST_ALIAS:
        raise InvalidInput(f"Use at most {LONGEST_ALIAS} characters for an alias.", field="name")
    if "@" in alias or re.search(r"\d{4}", alias):
        raise InvalidInput("An alias must not hold an e-mail address or a telephone number.", field="name")
    if appointee.email:
        raise InvalidInput("A young person has no e-mail address here: leave it empty.", field="email")
    seats = db.session.scalars(select(PanelMember).where(PanelMember.panel_id == panel.id))
    if alias.casefold() in {seat.alias.casefold() for seat in seats}:
        raise InvalidInput("Somebody on this panel has that alias. Choose another one.", field="name")
    person = User(display_name=alias, email=None, password_hash=None)
    db.session.add(person)
    db.session.flush()
    return person


def _adult(panel: Panel, appointee: Appointee, *, actor: Actor) -> User:
    email = fold_email(appointee.email)
    if not email:
        raise InvalidInput("Enter the person’s e-mail address.", field="email")
    person = person_with_email(email) or add_person(name=appointee.name, email=email)
    if person.awaits_joining:
        record(EventKind.MEMBER_INVITED, person, actor=actor, panel=panel.id)
    return person


def _check_independent(itt: InvitationToTender, panel: Panel, person: User, appointee: Appointee) -> None:
    """Nobody judges for two panels, opens the bids or decides about them and scores them, or bids and scores."""
    held = (
        select(PanelMember)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(Panel.itt_id == itt.id, PanelMember.user_id == person.id, PanelMember.removed_at.is_(None))
    )
    for seat in db.session.scalars(held):
        if seat.recused_at is not None:
            raise InvalidInput("This person declared an interest in this procurement and is recused.", field="email")
        promoted = seat.panel_id == panel.id and (seat.role, appointee.role) == (
            MemberRole.MEMBER,
            MemberRole.CHAIR,
        )
        if not promoted:
            raise InvalidInput("This person sits on a panel of this procurement already.", field="email")
    bids = exists().where(HeldRole.user_id == person.id, HeldRole.ended_at.is_(None), HeldRole.role.in_(PROVIDER_ROLES))
    if db.session.scalar(select(bids)):
        raise InvalidInput("This person works for a provider, so cannot sit on a panel.", field="email")
    openings = db.session.scalars(select(BidOpening).where(BidOpening.itt_id == itt.id))
    if is_first_person(actor_for(person.id), *(half for opening in openings for half in opening.halves)):
        raise InvalidInput(
            "This person opened the bids, or stood in for who did or had them stand in, so cannot score them.",
            field="email",
        )
    if why_not := why_not_to_score(itt, person):
        raise InvalidInput(why_not, field="email")


def _in_force(panel: Panel, role: MemberRole) -> bool:
    seats = select(PanelMember.id).where(
        PanelMember.panel_id == panel.id,
        PanelMember.role == role,
        PanelMember.removed_at.is_(None),
        PanelMember.recused_at.is_(None),
    )
    return db.session.execute(seats).first() is not None


def _seat_in_force(panel: Panel, person: User) -> PanelMember | None:
    return db.session.scalars(
        select(PanelMember).where(
            PanelMember.panel_id == panel.id,
            PanelMember.user_id == person.id,
            PanelMember.removed_at.is_(None),
        )
    ).one_or_none()


def _seat(panel: Panel, person: User, appointee: Appointee, *, now: datetime) -> PanelMember:
    member = _seat_in_force(panel, person)
    if member is None:
        member = PanelMember(
            panel_id=panel.id,
            user_id=person.id,
            role=appointee.role,
            appointed_at=now,
            young_number=_next_young_number(panel) if appointee.role is MemberRole.YOUNG_MEMBER else None,
        )
        db.session.add(member)
    else:
        member.role = appointee.role
        end_seat(member, now=now)
    db.session.flush()
    db.session.add(HeldRole(user_id=person.id, role=ROLE_OF[appointee.role], panel_id=panel.id))
    return member


def _next_young_number(panel: Panel) -> int:
    """The panel's row of work is locked: no two have one number."""
    last = select(func.max(PanelMember.young_number)).where(PanelMember.panel_id == panel.id)
    return (db.session.scalar(last) or 0) + 1
