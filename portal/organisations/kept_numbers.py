"""Numbers that are claimed, and those that are kept for somebody who showed that they are theirs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select, tuple_

from portal.core import clock
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.references import normalise_code
from portal.extensions import keys
from portal.organisations.claim_models import NumberClaim
from portal.organisations.models import Provider
from portal.organisations.states import ClaimStatus
from portal.regulation.identifiers import Identifier


def hash_of_claim_code(code: str) -> bytes:
    """What a claim's code (80 random bits) is found by."""
    hashed: bytes = keys.keyed_hash(f"claim:{normalise_code(code)}")
    return hashed


def require_not_kept(numbers: Iterable[Identifier], code: str) -> None:
    """Raise `InvalidInput` (field "claim_code") for a number that is kept for whoever has another code."""
    for claim in _kept(numbers):
        if claim.code_hash != hash_of_claim_code(code):
            raise InvalidInput(
                "This number is kept for an organisation that showed that it is theirs. If that is you, type the code "
                "of your claim.",
                field="claim_code",
            )


def take_up(provider: Provider) -> None:
    """Note that the provider has the numbers that were kept: their claims have done what they were for."""
    for claim in _kept(provider.identifiers):
        claim.taken_up_by_id, claim.taken_up_at = provider.id, clock.database_time()


def claims_asked_of(provider_id: uuid.UUID | None) -> Sequence[NumberClaim]:
    """The claims that an organisation was asked about and that are not decided."""
    asked = (ClaimStatus.HOLDER_ASKED, ClaimStatus.MOVE_PROPOSED)
    theirs = select(NumberClaim).where(NumberClaim.holder_id == provider_id, NumberClaim.status.in_(asked))
    return db.session.scalars(theirs.order_by(NumberClaim.claimed_at)).all()


def _kept(numbers: Iterable[Identifier]) -> list[NumberClaim]:
    asked = [(number.scheme, number.value) for number in numbers]
    if not asked:
        return []
    waiting = select(NumberClaim).where(
        tuple_(NumberClaim.scheme, NumberClaim.number).in_(asked),
        NumberClaim.status == ClaimStatus.UPHELD,
        NumberClaim.taken_up_at.is_(None),
    )
    return list(db.session.scalars(waiting))
