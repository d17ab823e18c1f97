"""The public register as rows: the Local Government Transparency Code 2015's columns for contracts above £5,000."""

from __future__ import annotations

from datetime import timedelta

from portal.contracts.models import Contract

COLUMNS = (
    "reference",
    "title",
    "authority",
    "description",
    "provider",
    "organisation_id",
    "company_number",
    "charity_number",
    "value_gbp",
    "start_date",
    "end_date",
    "break_months",
    "sme",
    "vcse",
    "invitation_to_tender",
)


def register_row(contract: Contract) -> dict[str, str]:
    """One contract as text: dates ISO, money in pounds, yes or no."""
    provider, party = contract.provider, contract.party
    return {
        "reference": contract.reference,
        "title": contract.title,
        "authority": contract.authority.name,
        "description": contract.itt.description,
        "provider": party.name,
        "organisation_id": party.org_id,
        "company_number": party.company_number or "",
        "charity_number": party.charity_number or "",
        "value_gbp": f"{contract.value:.2f}",
        "start_date": contract.start_date.isoformat(),
        "end_date": (contract.end_until - timedelta(days=1)).isoformat(),
        "break_months": " ".join(str(months) for months in contract.itt.break_months),
        "sme": "yes" if provider.is_sme else "no",
        "vcse": "yes" if provider.is_vcse else "no",
        "invitation_to_tender": contract.itt.reference,
    }
