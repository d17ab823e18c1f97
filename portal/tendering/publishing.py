"""Publish an invitation to tender: from here on its method is fixed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.drafts import NotReady
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Verb
from portal.core.seals import KeyFolder
from portal.core.taking import take
from portal.tendering.calling_off import require_may_publish
from portal.tendering.checking import problems_of
from portal.tendering.documents import publish_documents
from portal.tendering.inheriting import codes_of
from portal.tendering.inviting import invite_admitted_providers
from portal.tendering.method import freeze_method
from portal.tendering.method_versions import keep_version
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import whole
from portal.tendering.states import ITT, IttStatus
from tender_scoring import InvalidCase


def publish_itt(*, itt: InvitationToTender, actor: Actor, now: datetime, keys: KeyFolder, demonstration: bool) -> None:
    """Publish the invitation: freeze and hash its method, make its opening key, and open it for bids.

    Everything is checked again under the row's lock (`NotReady` lists all that is missing): the CPV codes and so
    light touch, the closing time and the minimum tendering period (PA2023 s.54), the publication basis (PR24 reg
    5(11)), the weights and the rest of the method, which the scoring engine itself must accept. Afterwards the
    database refuses every change to lots, panels, scales, criteria, shares, questions, documents, method and hash. The
    private half of the key pair is kept in `keys`, outside the database; `demonstration` keys never open live
    bids. Records ITT_PUBLISHED, from which alerts, notice and release follow. A call-off is published only while its
    framework is valid by the database's clock and its buyer committed (`CallOffRefused`), and invites in the same
    transaction (INVITATIONS_ISSUED). Raises `NotAllowed`, `NotFound`, `WrongState` when it is published already.
    """
    take(itt, Verb.PUBLISH, *whole(), actor=actor)
    problems = problems_of(itt, now)
    if problems:
        raise NotReady(problems)
    if itt.framework_lot_id is not None:
        require_may_publish(itt)
    itt.cpv_codes, itt.light_touch = codes_of(itt, itt.cpv_codes)
    try:
        freeze_method(itt)
    except InvalidCase as fault:
        raise InvalidInput(f"The method cannot be used for scoring: {fault.message}") from fault
    itt.seal_public_key = keys.create_opening_key(itt.id, demonstration=demonstration)
    itt.published_at = now
    keep_version(itt, now)
    db.session.flush()  # the lots' methods first: the database freezes them with the status
    itt.status = ITT.move(itt.status, IttStatus.PUBLISHED)
    documents = publish_documents(itt, now)
    record(
        EventKind.ITT_PUBLISHED,
        itt,
        actor=actor,
        reference=itt.reference,
        method_hash=itt.method_hash,
        closes_at=itt.closes_at,
        regime=itt.regime.value,
        light_touch=itt.light_touch,
        basis=itt.publication_basis.value,
        central_reference=itt.central_reference,
        documents=documents,
        **_methods_of_lots(itt),
    )
    if itt.framework_lot_id is not None:
        invite_admitted_providers(itt=itt, actor=actor, at=now)


def _methods_of_lots(itt: InvitationToTender) -> dict[str, Any]:
    own = {str(lot.number): lot.method_hash for lot in itt.lots if lot.method_hash is not None}
    return {"method_hashes_of_lots": own} if own else {}
