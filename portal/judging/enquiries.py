"""Reading what bidders were asked, and what they answered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.evaluation.reading import note_answer_read
from portal.judging.enquiry_models import Enquiry, EnquiryFile
from portal.judging.models import Judgement
from portal.tendering.models import InvitationToTender


def enquiries_of(itt_id: uuid.UUID) -> Sequence[Enquiry]:
    """Everything that bidders of the procurement were asked, the oldest first."""
    return db.session.scalars(
        select(Enquiry).where(Enquiry.itt_id == itt_id).order_by(Enquiry.asked_at, Enquiry.id)
    ).all()


def enquiries_about(bid_id: uuid.UUID) -> Sequence[Enquiry]:
    """What one bidder was asked, the oldest first, with its files."""
    found = select(Enquiry).where(Enquiry.bid_id == bid_id).options(selectinload(Enquiry.files))
    return db.session.scalars(found.order_by(Enquiry.asked_at, Enquiry.id)).all()


def enquiry_of(*, itt_id: uuid.UUID, enquiry_id: uuid.UUID) -> Enquiry:
    """One of them with its bidder and files; raises `NotFound`."""
    found = db.session.scalars(
        select(Enquiry)
        .where(Enquiry.id == enquiry_id, Enquiry.itt_id == itt_id)
        .options(joinedload(Enquiry.bid).options(joinedload(Bid.provider), joinedload(Bid.lot)))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such question to a bidder here.")
    return found


def read_enquiry(*, itt: InvitationToTender, enquiry_id: uuid.UUID, actor: Actor) -> Enquiry:
    """One of them as officers read it: that they read the bidder's answer is recorded, as of whatever it sent.

    Raises `NotFound`, and as the policy for who reads what officers check.
    """
    policy.require(actor, Verb.READ_COMPLIANCE, itt)
    enquiry = enquiry_of(itt_id=itt.id, enquiry_id=enquiry_id)
    if enquiry.answered_at is not None:
        note_answer_read(itt=itt, bid_id=enquiry.bid_id, actor=actor, enquiry=enquiry.id)
    return enquiry


def enquiry_behind(judgement: Judgement) -> Enquiry | None:
    """What the bidder was asked before a ground or its price was judged; None of an answer in its bid."""
    if judgement.matter.is_requirement:
        return None
    asked = (Enquiry.bid_id == judgement.bid_id, Enquiry.matter == judgement.matter, Enquiry.about == judgement.about)
    return db.session.scalars(select(Enquiry).where(*asked)).one()


def file_of(enquiry: Enquiry, file_id: uuid.UUID) -> EnquiryFile:
    """A file of its answer; raises `NotFound`."""
    found = next((one for one in enquiry.files if one.id == file_id), None)
    if found is None:
        raise NotFound("There is no such file here.")
    return found
