"""For how long each kind of data about people is kept, as data: what, from when, why, and how it goes.

The job looks once a day at each kind (`retention_run` says when it last did), takes what is past its time in portions,
and records what it did. A kind on hold is left alone until somebody releases it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, func, select, update

from portal.accounts.absence_models import Absence
from portal.accounts.card_models import AccessCard, CardPurpose
from portal.accounts.link_models import AddressChange, MailedLink
from portal.accounts.models import FailedGuess, HeldRole, KeptForm, KnownDevice, User, UserSession
from portal.bidding.models import Bid, FilePart
from portal.bidding.states import BidStatus
from portal.core.columns import Model, db
from portal.core.taking import lock
from portal.editing.earlier import KEPT
from portal.editing.models import EarlierText
from portal.evaluation.held_states import HeldStatus
from portal.evaluation.models import HeldWords
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.notifications.models import Message
from portal.organisations.claim_models import NumberClaim
from portal.privacy.destroying import (
    destroy_application_draft,
    destroy_bid_draft,
    destroy_file_parts,
    destroy_held_words,
    destroy_opening_keys,
)
from portal.privacy.erasing import erase_person
from portal.privacy.young_people import KEPT_FOR, KIND, past_young_people
from portal.tendering.clarifying.mail_following import CONFIRMED_WITHIN
from portal.tendering.clarifying.mail_models import MailFollower
from portal.tendering.clarifying.models import Reader
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
YEAR = timedelta(days=365)

Past = Callable[[datetime], Select[uuid.UUID]]
Go = Callable[[Sequence[uuid.UUID], datetime], None]


@dataclass(frozen=True)
class Kind:
    """One kind of data: its key, what it is, how long it is kept and from when, the rule behind it.

    `past` names what has been kept since before an instant, `go` lets it go.
    """

    key: str
    what: str
    how_long: timedelta
    words: str
    source: str
    past: Past
    go: Go


def _rows_of(model: type[Model]) -> Go:
    """Delete the rows."""
    key = model.__mapper__.primary_key[0]
    return lambda ids, _now: db.session.execute(delete(model).where(key.in_(ids)))  # type: ignore[return-value]


def _sessions(then: datetime) -> Select[uuid.UUID]:
    return select(UserSession.id).where(func.least(UserSession.revoked_at, UserSession.expires_at) < then)


def _cards(then: datetime) -> Select[uuid.UUID]:
    return select(AccessCard.id).where(AccessCard.purpose == CardPurpose.SITTING, AccessCard.expires_at < then)


def _links(then: datetime) -> Select[uuid.UUID]:
    over = func.least(MailedLink.used_at, MailedLink.withdrawn_at, MailedLink.expires_at)
    return select(MailedLink.id).where(over < then)


def _address_changes(then: datetime) -> Select[uuid.UUID]:
    """Those whose links have gone: while a link is held back its change stays with it."""
    linked = exists().where(MailedLink.change_id == AddressChange.id)
    return select(AddressChange.id).where(AddressChange.asked_at < then, ~linked)


def _claims(then: datetime) -> Select[uuid.UUID]:
    return select(NumberClaim.id).where(NumberClaim.person_key.is_not(None), NumberClaim.decided_at < then)


def _followers(then: datetime) -> Select[uuid.UUID]:
    """Addresses that follow what nobody bids for any more."""
    return (
        select(MailFollower.id)
        .join(InvitationToTender, InvitationToTender.id == MailFollower.itt_id)
        .where(MailFollower.confirmed_at.is_not(None), InvitationToTender.closes_at < then)
    )


def _readers(then: datetime) -> Select[uuid.UUID]:
    """Of what nobody bids for any more."""
    return (
        select(Reader.id)
        .join(InvitationToTender, InvitationToTender.id == Reader.itt_id)
        .where(InvitationToTender.closes_at < then)
    )


def _unconfirmed(then: datetime) -> Select[uuid.UUID]:
    return select(MailFollower.id).where(MailFollower.confirmed_at.is_(None), MailFollower.asked_at < then)


def _bid_drafts(then: datetime) -> Select[uuid.UUID]:
    """Bids that were never submitted, whose invitation closed."""
    return (
        select(Bid.id)
        .join(InvitationToTender, InvitationToTender.id == Bid.itt_id)
        .where(
            Bid.status == BidStatus.DRAFT,
            Bid.version == 0,
            Bid.draft_sealed.is_not(None),
            InvitationToTender.closes_at < then,
        )
    )


def _file_parts(then: datetime) -> Select[uuid.UUID]:
    """All parts of a file of which nothing has come since."""
    newest = func.max(FilePart.created_at).over(partition_by=(FilePart.bid_id, FilePart.of_file))
    parts = select(FilePart.id, newest.label("newest")).subquery()
    return select(parts.c.id).where(parts.c.newest < then)


def _opening_keys(then: datetime) -> Select[uuid.UUID]:
    """Invitations that were cancelled while their bids were sealed."""
    itt = InvitationToTender
    cancelled = (itt.status == IttStatus.CANCELLED, itt.opened_at.is_(None), itt.ended_at < then)
    return select(itt.id).where(*cancelled, itt.opening_key_destroyed_at.is_(None))


def _application_drafts(then: datetime) -> Select[uuid.UUID]:
    """Applications that were never submitted and that nobody touched."""
    return select(Application.id).where(
        Application.status == ApplicationStatus.DRAFT,
        Application.version == 0,
        Application.answers != {},
        func.coalesce(Application.saved_at, Application.created_at) < then,
    )


def _held_words(then: datetime) -> Select[uuid.UUID]:
    """Words that nobody may read, once it is decided; what a lead has still to act on stays."""
    over = HeldWords.status.in_((HeldStatus.WAITING, HeldStatus.WITHHELD, HeldStatus.REPLACED))
    return select(HeldWords.id).where(over, HeldWords.words != "", HeldWords.held_at < then)


def _people_without_a_role(then: datetime) -> Select[uuid.UUID]:
    """People with an account whose last role has ended."""
    in_force = exists().where(HeldRole.user_id == User.id, HeldRole.ended_at.is_(None))
    last = select(func.max(HeldRole.ended_at)).where(HeldRole.user_id == User.id).scalar_subquery()
    return select(User.id).where(
        User.person_key.is_not(None),
        User.email_index.is_not(None),
        ~in_force,
        func.coalesce(last, User.created_at) < then,
    )


def _forget_claimants(ids: Sequence[uuid.UUID], _now: datetime) -> None:
    """Destroy the key under which a stranger's words stand, with them: what was claimed and decided stays."""
    nothing = {"person_key": None, "contact_sealed": None, "words_sealed": None}
    db.session.execute(update(NumberClaim).where(NumberClaim.id.in_(ids)).values(nothing))


def _erase(ids: Sequence[uuid.UUID], now: datetime) -> None:
    for person_id in sorted(ids):
        erase_person(lock(User, person_id), now=now)


KINDS: tuple[Kind, ...] = (
    Kind(
        "guesses",
        "Wrong tries at passwords and codes (hashes)",
        DAY,
        "1 day after the try",
        "UK GDPR art 5(1)(e): for slowing down guesses",
        lambda then: select(FailedGuess.id).where(FailedGuess.at < then),
        _rows_of(FailedGuess),
    ),
    Kind(
        "sessions",
        "Sessions that have ended",
        MONTH,
        "30 days after the end",
        "UK GDPR art 5(1)(e), art 32: for looking into a break-in",
        _sessions,
        _rows_of(UserSession),
    ),
    Kind(
        "devices",
        "Browsers that are known as somebody’s",
        13 * MONTH,
        "13 months after the last use",
        "UK GDPR art 5(1)(e): known while it is in use",
        lambda then: select(KnownDevice.id).where(KnownDevice.last_used_at < then),
        _rows_of(KnownDevice),
    ),
    Kind(
        "cards",
        "Young people’s cards (hashes of codes)",
        3 * MONTH,
        "90 days after the card lapsed",
        "UK GDPR art 5(1)(e): for questions about who sat down",
        _cards,
        _rows_of(AccessCard),
    ),
    Kind(
        "links",
        "Links that were mailed (hashes)",
        MONTH,
        "30 days after they were used or ran out",
        "UK GDPR art 5(1)(e), art 32: for looking into a break-in",
        _links,
        _rows_of(MailedLink),
    ),
    Kind(
        "address_changes",
        "Changes of e-mail addresses",
        3 * MONTH,
        "90 days after they were asked for",
        "UK GDPR art 5(1)(e), art 32: for giving an account back to whom it was taken from",
        _address_changes,
        _rows_of(AddressChange),
    ),
    Kind(
        "kept_forms",
        "What was typed and not sent (sealed)",
        MONTH,
        "30 days after it was typed",
        "UK GDPR art 5(1)(c) and (e): for sending it after all",
        lambda then: select(KeptForm.id).where(KeptForm.kept_at < then),
        _rows_of(KeptForm),
    ),
    Kind(
        "earlier_texts",
        "What drafts said before (sealed)",
        KEPT,
        "90 days after it was replaced",
        "UK GDPR art 5(1)(e): for putting it back",
        lambda then: select(EarlierText.id).where(EarlierText.replaced_at < then),
        _rows_of(EarlierText),
    ),
    Kind(
        "followers",
        "Addresses that follow an invitation by mail alone (sealed)",
        6 * MONTH,
        "6 months after bidding closed, or when they stop",
        "UK GDPR art 5(1)(e): for telling them how it ends",
        _followers,
        _rows_of(MailFollower),
    ),
    Kind(
        "unconfirmed_followers",
        "Addresses that did not confirm that they follow (sealed)",
        CONFIRMED_WITHIN,
        "7 days after they were written to",
        "UK GDPR art 5(1)(c) and (e): for the press that confirms it",
        _unconfirmed,
        _rows_of(MailFollower),
    ),
    Kind(
        "readers",
        "Providers that have looked at an invitation",
        DAY,
        "1 day after bidding closed",
        "UK GDPR art 5(1)(c) and (e): for reminding them of the closing time",
        _readers,
        _rows_of(Reader),
    ),
    Kind(
        "claims",
        "Who claimed an organisation’s number, and why",
        YEAR,
        "1 year after the decision; the decision stays",
        "UK GDPR art 5(1)(c) and (e): for questions about the decision",
        _claims,
        _forget_claimants,
    ),
    Kind(
        "file_parts",
        "Parts of files that did not arrive whole (sealed)",
        DAY,
        "1 day after the last part",
        "UK GDPR art 5(1)(c) and (e): for going on where a connection broke",
        _file_parts,
        destroy_file_parts,
    ),
    Kind(
        "bid_drafts",
        "Bids that were begun and never submitted",
        MONTH,
        "30 days after closing; their hashes stay",
        "UK GDPR art 5(1)(e); PCR 2015 reg 22(16): for disputes about what was ready",
        _bid_drafts,
        destroy_bid_draft,
    ),
    Kind(
        "opening_keys",
        "Keys of bids that a cancellation left sealed",
        YEAR,
        "1 year after the cancellation; then nobody can ever open them",
        "Procurement Act 2023 s.106: claims are brought within six months at the most; UK GDPR art 5(1)(e)",
        _opening_keys,
        destroy_opening_keys,
    ),
    Kind(
        "application_drafts",
        "Applications that were begun and never submitted",
        YEAR,
        "1 year after the last change",
        "UK GDPR art 5(1)(e)",
        _application_drafts,
        destroy_application_draft,
    ),
    Kind(
        "messages",
        "Messages in inboxes",
        6 * YEAR,
        "6 years after they were written",
        "Procurement Act 2023 s.98(4): three years at the least; Limitation Act 1980 s.5",
        lambda then: select(Message.id).where(Message.created_at < then),
        _rows_of(Message),
    ),
    Kind(
        "absences",
        "Who stood in for whom",
        6 * YEAR,
        "6 years after the last day",
        "Procurement Act 2023 s.98(4): part of who decided, for three years at the least; Limitation Act 1980 s.5",
        lambda then: select(Absence.id).where(Absence.ends_at < then),
        _rows_of(Absence),
    ),
    Kind(
        "held_words",
        "What young people wrote and nobody released",
        YEAR,
        "1 year after it was written; that it was held, and what was done, stays",
        "Children’s Code, standards 8 and 9; UK GDPR art 5(1)(c) and (e): the council’s case file keeps what it needs",
        _held_words,
        destroy_held_words,
    ),
    Kind(
        KIND,
        "Young people’s aliases",
        KEPT_FOR,
        "6 months after the standstill or the contract",
        "Children’s Code, standards 8 and 9; UK GDPR art 5(1)(c) and (e)",
        past_young_people,
        _erase,
    ),
    Kind(
        "former_people",
        "People without a role any more",
        2 * YEAR,
        "2 years after their last role ended",
        "UK GDPR art 5(1)(e)",
        _people_without_a_role,
        _erase,
    ),
)
