"""Confirming a bid after an addendum: what was last submitted is submitted again, for what is asked now."""

from __future__ import annotations

import uuid

from portal.bidding.closing import lock_bid
from portal.bidding.completeness import gaps_of
from portal.bidding.contents import read_sealed_draft
from portal.bidding.envelopes import content_of, keys_of_provider, unseal
from portal.bidding.models import Bid
from portal.bidding.queries import version_of
from portal.bidding.sealing import Submitted, already_made, require_may_submit, seal_next
from portal.core.columns import db
from portal.core.drafts import Incomplete
from portal.core.errors import WrongState
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder
from portal.tendering.amending.models import MethodChange
from portal.tendering.amending.queries import changes_by_version, since_version


def confirm_bid(*, bid: Bid, actor: Actor, keys: KeyFolder, idempotency_key: uuid.UUID, seen: int) -> Submitted:
    """Confirm that the last submitted version answers what is asked since an addendum.

    Consequences: BidVersion n+1 with the content of version n, for the version of method and questions that holds, with
    a receipt of its own; records BID_SUBMITTED, which names the version that it confirms. The draft stays as it is:
    changes of it that are not submitted stay so. `seen` is the version of method and questions that the person saw.

    Raises `WrongState` where there is nothing to confirm, `Incomplete` when the addendum asks what the bid does not
    answer, and `Overtaken`, `NotEntitled` and `TooLate` as `submit_bid` does.
    """
    policy.require(actor, Verb.SUBMIT, bid)
    entered = lock_bid(bid)
    repeated = already_made(entered, idempotency_key)
    if repeated is not None:
        return repeated
    require_may_submit(entered, seen)
    if not entered.is_overtaken:
        raise WrongState("There is nothing to confirm: this bid answers what is asked now, or is not submitted.")
    last = version_of(bid, entered.version)
    content = content_of(unseal(entered, last, keys_of_provider(entered, last, keys)))
    gaps = gaps_of(entered.questions, content)
    if gaps:
        raise Incomplete(gaps)
    draft = read_sealed_draft(entered, entered.draft_sealed, entered.draft_revision, keys)
    made = seal_next(
        entered,
        content,
        len(gaps_of(entered.questions, draft)),
        actor=actor,
        keys=keys,
        idempotency_key=idempotency_key,
        confirms=entered.version,
    )
    db.session.expire(bid)
    return made


def changed_since(bid: Bid) -> list[MethodChange]:
    """What addenda changed for the bid's lot since its last version, or since an unsubmitted bid was begun."""
    changes = changes_by_version(bid.itt_id)
    if bid.version:
        return since_version(changes, bid.submitted_method, bid.lot_id)
    return [change for change in changes if change.is_after(bid.created_at) and change.concerns(bid.lot_id)]
