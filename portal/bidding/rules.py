"""Who may do what with a bid and with an opening, by role and state."""

from __future__ import annotations

from sqlalchemy import exists

from portal.bidding.models import Bid
from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, Verb, permit, policy
from portal.organisations import commitments
from portal.tendering.states import AFTER_PUBLICATION, IttStatus

READING_ROLES = frozenset({Role.COMMISSIONER, Role.APPROVER, Role.OPENER, Role.CONTRACT_MANAGER, Role.AUDITOR})

# A bid's own people are the only ones with a role towards it, so for everybody else it does not exist (404).
policy.declare(
    [
        permit("bid", Verb.START, PROVIDER_ROLES),
        permit("bid", Verb.READ, PROVIDER_ROLES),
        permit("bid", Verb.DRAFT, PROVIDER_ROLES),
        permit("bid", Verb.SUBMIT, SUBMITTING_ROLES),
        permit("bid", Verb.CALL_SUBMITTERS, PROVIDER_ROLES),
        permit("bid", Verb.WITHDRAW, SUBMITTING_ROLES, ["submitted"]),
        permit("bid", Verb.ABANDON, SUBMITTING_ROLES, ["draft"]),
        permit("bid", Verb.KEEP_LATE, SUBMITTING_ROLES),
        permit("itt", Verb.PROPOSE_LATE, {Role.COMMISSIONER}, [IttStatus.PUBLISHED]),
        permit("itt", Verb.DECIDE_LATE, {Role.APPROVER}, [IttStatus.PUBLISHED], half=True),
        permit("itt", Verb.OPEN_BIDS, {Role.OPENER}, [IttStatus.PUBLISHED], half=True),
        # Where they are opened apart (`opening_prices.py`): no panel scores any more.
        permit("itt", Verb.OPEN_PRICES, {Role.OPENER}, [IttStatus.MODERATED], half=True),
        permit("itt", Verb.EXPLAIN_UNDECIDED, {Role.COMMISSIONER}, [IttStatus.PUBLISHED]),
        permit("itt", Verb.SEE_OPENING, READING_ROLES, AFTER_PUBLICATION),
    ]
)

commitments.declare("bid", lambda provider: exists().where(Bid.provider_id == provider, Bid.version > 0))
