"""Who reads a document of a published invitation: everybody, but for those that an undertaking protects.

Before the opening nobody of the authority learns who signed one or read what it protects: it would tell who bids.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, DeadlinePassed, InvalidInput, NotFound, PortalError
from portal.core.keeping import read_kept
from portal.core.permissions import Actor, Verb, policy
from portal.core.storage import FileStore
from portal.core.uniqueness import unless_taken
from portal.regulation.undertakings import TUPE, digest_of
from portal.tendering.document_models import DocumentVersion, InvitationDocument, Undertaking
from portal.tendering.explaining import require_standing
from portal.tendering.joint import reads_as_buyer
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_OPENING, AFTER_PUBLICATION

NOT_THERE = "There is no such document."


class UndertakingNeeded(PortalError):
    """Whoever asks may read the document once they have signed the undertaking."""

    code = "undertaking_needed"
    status = 403

    def __init__(self) -> None:
        super().__init__("Sign the undertaking first: this document is not for everybody.")


def sign_undertaking(*, itt: InvitationToTender, agreed: bool, actor: Actor, now: datetime) -> Undertaking:
    """Undertake to keep the restricted documents of an invitation confidential; signing again changes nothing.

    Records UNDERTAKING_SIGNED in a chain of its own. Raises `NotFound` for people without a provider and where
    nothing is restricted, `InvalidInput` (field "undertaken"), `DeadlinePassed` once bidding has closed or the
    procurement has ended, `NotEntitled` for a call-off that the provider may not answer.
    """
    signed = Undertaking(
        itt_id=itt.id,
        provider_id=actor.provider_id,
        signed_by_id=actor.user_id,
        signed_at=now,
        text_sha256=digest_of(TUPE),
    )
    policy.require(actor, Verb.SIGN, signed)
    if not any(document.facts.is_restricted and document.published for document in itt.documents):
        raise NotFound(NOT_THERE)
    already = undertaking_of(itt.id, actor)
    if already is not None:
        return already
    if not agreed:
        raise InvalidInput("Tick the box if you undertake all of this.", field="undertaken")
    if not itt.is_open(now):
        raise DeadlinePassed("Bidding is over, so this is not needed any more.")
    require_standing(itt.id, actor.provider_id, now)
    with unless_taken({"uq_undertaking_itt_id_signed_by_id": lambda: Conflict("You have signed this already.")}):
        db.session.add(signed)
    record(EventKind.UNDERTAKING_SIGNED, signed, actor=actor, itt=itt.id, text_sha256=signed.text_sha256)
    return signed


def undertaking_of(itt_id: uuid.UUID, actor: Actor) -> Undertaking | None:
    """What this person has signed for their present provider, or None."""
    return db.session.scalars(
        select(Undertaking).where(
            Undertaking.itt_id == itt_id,
            Undertaking.signed_by_id == actor.user_id,
            Undertaking.provider_id == actor.provider_id,
        )
    ).one_or_none()


def undertakings_of(itt: InvitationToTender, actor: Actor) -> Sequence[tuple[Undertaking, User]]:
    """Who signed, once the bids are open: before, it would tell who means to bid. Raises as the policy does."""
    policy.require(actor, Verb.READ, itt)
    if itt.reached not in AFTER_OPENING:
        return []
    found = db.session.execute(
        select(Undertaking, User)
        .join(User, User.id == Undertaking.signed_by_id)
        .where(Undertaking.itt_id == itt.id)
        .options(joinedload(Undertaking.provider))
        .order_by(Undertaking.signed_at, Undertaking.id)
    )
    return [(row[0], row[1]) for row in found]


def read_document(
    *, reference: str, version_id: uuid.UUID, actor: Actor, files: FileStore
) -> tuple[DocumentVersion, bytes]:
    """Read one version: a public one everybody, an earlier or restricted one the people of whoever buys.

    What is restricted is read also by people of a provider who signed the undertaking, and every reading is recorded
    (RESTRICTED_DOCUMENT_READ): of the buyers' people in the invitation's chain, of others in the undertaking's.
    Raises `UndertakingNeeded`, and `NotFound` for everybody else.
    """
    version = _version(reference, version_id)
    document, itt = version.document, version.document.itt
    is_public = version.published_at is not None and itt.status in AFTER_PUBLICATION
    is_officer = reads_as_buyer(itt, actor)
    if not (is_public or is_officer):
        raise NotFound(NOT_THERE)
    if document.facts.is_restricted:
        about = itt if is_officer else _undertaken(itt, actor)
        record(EventKind.RESTRICTED_DOCUMENT_READ, about, actor=actor, itt=itt.id, sha256=version.sha256)
    return version, read_kept(version, files=files)


def _undertaken(itt: InvitationToTender, actor: Actor) -> Undertaking:
    signed = undertaking_of(itt.id, actor)
    if signed is not None:
        return signed
    if policy.allows(actor, Verb.SIGN, Undertaking(provider_id=actor.provider_id)):
        raise UndertakingNeeded
    raise NotFound(NOT_THERE)


def _version(reference: str, version_id: uuid.UUID) -> DocumentVersion:
    found = db.session.scalars(
        select(DocumentVersion)
        .join(DocumentVersion.document)
        .join(InvitationDocument.itt)
        .where(InvitationToTender.reference == reference.upper(), DocumentVersion.id == version_id)
        .options(joinedload(DocumentVersion.document).joinedload(InvitationDocument.itt))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_THERE)
    return found
