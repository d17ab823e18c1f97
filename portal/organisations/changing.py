"""Registering, changing and checking a provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb, policy
from portal.organisations.details import ProviderDetails, already_registered, put_details
from portal.organisations.models import Provider, ProviderAlert
from portal.regulation.cpv import normalise
from portal.regulation.queries import cpv_codes_among

LONGEST_NOTE = 1000


def register_provider(*, details: ProviderDetails, alerts: Sequence[str], actor: Actor) -> Provider:
    """Register the organisation: usable at once, and marked "not yet verified".

    `actor` is the person who registers it; `alerts` are CPV codes. Records PROVIDER_REGISTERED. Raises
    `InvalidInput` with the field (see `put_details`, `put_alerts`).
    """
    provider = Provider()
    put_details(provider, details)
    put_alerts(provider, alerts)
    db.session.add(provider)
    _flush()
    record(EventKind.PROVIDER_REGISTERED, provider, actor=actor, alerts=[alert.cpv_code for alert in provider.alerts])
    return provider


def change_provider(*, provider: Provider, details: ProviderDetails, actor: Actor) -> None:
    """Change what the provider says about itself.

    Another number makes it "not yet verified" again. Records PROVIDER_CHANGED with the names of the changed
    fields. Raises `InvalidInput` with the field (see `put_details`).
    """
    policy.require(actor, Verb.CHANGE, provider)
    before = _facts(provider)
    put_details(provider, details)
    changed = sorted(name for name, value in _facts(provider).items() if value != before[name])
    if not changed:
        return
    if {"company_number", "charity_number", "charity_scheme"} & set(changed):
        provider.verified_at = provider.verified_by_id = provider.verification_note = None
    _flush()
    record(EventKind.PROVIDER_CHANGED, provider, actor=actor, changed=changed)


def choose_alerts(*, provider: Provider, codes: Sequence[str], actor: Actor) -> None:
    """Choose the CPV codes whose new opportunities the provider's people are mailed about.

    Records PROVIDER_CHANGED with the codes. Raises `InvalidInput` (field "codes") for a code that is not in
    the table.
    """
    policy.require(actor, Verb.CHOOSE_ALERTS, provider)
    put_alerts(provider, codes)
    chosen = [alert.cpv_code for alert in provider.alerts]
    record(EventKind.PROVIDER_CHANGED, provider, actor=actor, alerts=chosen)


def verify_provider(*, provider: Provider, note: str, actor: Actor, now: datetime) -> None:
    """Mark the provider as verified: an officer has looked up its number and says what they saw.

    Consequences: the provider is shown as verified to everybody. Records PROVIDER_VERIFIED (without the
    note). Raises `InvalidInput` (field "note") without a note, `WrongState` when it is verified already.
    """
    policy.require(actor, Verb.VERIFY, provider)
    missing = "Say what you checked, for example “Name and address match Companies House”."
    said = require_text(note, missing, field="note", most=LONGEST_NOTE)
    provider.verified_at, provider.verified_by_id = now, actor.user_id
    provider.verification_note = said
    record(EventKind.PROVIDER_VERIFIED, provider, actor=actor)


def put_alerts(provider: Provider, codes: Sequence[str]) -> None:
    """Write the alerts; `InvalidInput` (field "codes") for a code that is malformed or not in the table."""
    wanted = sorted({normalise(code, field="codes") for code in codes})
    known = {code.code for code in cpv_codes_among(wanted)} if wanted else set()
    for code in wanted:
        if code not in known:
            raise InvalidInput(f"{code} is not in this portal’s list of CPV codes.", field="codes")
    kept = {alert.cpv_code: alert for alert in provider.alerts}
    provider.alerts = [kept.get(code) or ProviderAlert(cpv_code=code) for code in wanted]


def _facts(provider: Provider) -> dict[str, object]:
    names = (
        "name",
        "company_number",
        "charity_scheme",
        "charity_number",
        "address",
        "postcode",
        "is_sme",
        "is_vcse",
    )
    return {name: getattr(provider, name) for name in names}


def _flush() -> None:
    """Write now, so that a number that somebody else registered in the same second is met here."""
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as taken:
        constraint = getattr(getattr(taken.orig, "diag", None), "constraint_name", "")
        if constraint in {"uq_provider_company_number", "uq_provider_charity_number"}:
            raise already_registered(constraint.removeprefix("uq_provider_")) from taken
        raise
