"""Registering a provider, and choosing what it hears of."""

from __future__ import annotations

from collections.abc import Sequence

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.permissions import Actor, Verb, policy
from portal.organisations.details import ProviderDetails, put_details, write_numbers
from portal.organisations.kept_numbers import take_up
from portal.organisations.models import Provider, ProviderAlert
from portal.regulation.cpv import normalise
from portal.regulation.queries import cpv_codes_among


def register_provider(*, details: ProviderDetails, alerts: Sequence[str], actor: Actor) -> Provider:
    """Register the organisation: usable at once, and marked "not yet verified".

    `actor` is the person who registers it; `alerts` are CPV codes. Records PROVIDER_REGISTERED. Raises
    `InvalidInput` with the field (see `put_details`, `put_alerts`).
    """
    provider = Provider()
    put_details(provider, details)
    put_alerts(provider, alerts)
    db.session.add(provider)
    write_numbers()
    take_up(provider)
    record(EventKind.PROVIDER_REGISTERED, provider, actor=actor, alerts=[alert.cpv_code for alert in provider.alerts])
    return provider


def check_registration(*, details: ProviderDetails, alerts: Sequence[str]) -> None:
    """Raise what `register_provider` would refuse, all of it at once, without registering anything."""
    provider = Provider()
    all_at_once(lambda: put_details(provider, details), lambda: put_alerts(provider, alerts))


def choose_alerts(*, provider: Provider, codes: Sequence[str], actor: Actor) -> None:
    """Choose the CPV codes whose new opportunities the provider's people are mailed about.

    Records PROVIDER_CHANGED with the codes. Raises `InvalidInput` (field "codes") for a code that is not in
    the table.
    """
    policy.require(actor, Verb.CHOOSE_ALERTS, provider)
    put_alerts(provider, codes)
    chosen = [alert.cpv_code for alert in provider.alerts]
    record(EventKind.PROVIDER_CHANGED, provider, actor=actor, alerts=chosen)


def put_alerts(provider: Provider, codes: Sequence[str]) -> None:
    """Write the alerts; `InvalidInput` (field "codes") for a code that is malformed or not in the table."""
    wanted = sorted({normalise(code, field="codes") for code in codes})
    known = {code.code for code in cpv_codes_among(wanted)} if wanted else set()
    for code in wanted:
        if code not in known:
            raise InvalidInput(f"{code} is not in this portal’s list of CPV codes.", field="codes")
    kept = {alert.cpv_code: alert for alert in provider.alerts}
    provider.alerts = [kept.get(code) or ProviderAlert(cpv_code=code) for code in wanted]
