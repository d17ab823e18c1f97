"""The central digital platform's numbers, and the three lawful ways to publish here."""

from __future__ import annotations

import pytest

from portal.core.errors import InvalidInput
from portal.regulation.central_platform import read_reference, require_basis
from portal.regulation.kinds import IttKind, PublicationBasis, Regime, Size
from portal.regulation.procurement_law import TENDER
from portal.regulation.procurement_rows import law_of

CENTRAL, FALLBACK, NOT_REQUIRED = PublicationBasis
OPEN = law_of(IttKind.OPEN, Regime.PA2023)


@pytest.mark.parametrize(
    ("basis", "reference", "reason", "size", "field"),
    [
        (CENTRAL, None, "", Size.ABOVE, "central_reference"),
        (CENTRAL, "12345-2026", "", Size.ABOVE, "central_reference"),
        (CENTRAL, "012345-26", "", Size.ABOVE, "central_reference"),
        (CENTRAL, "012345-2026 ", "", Size.ABOVE, "central_reference"),
        (CENTRAL, "٠١٢٣٤٥-2026", "", Size.ABOVE, "central_reference"),
        (FALLBACK, None, "  ", Size.ABOVE, "publication_reason"),
        (NOT_REQUIRED, None, "", Size.NOTIFIABLE, "publication_basis"),
        (NOT_REQUIRED, None, "", Size.ABOVE, "publication_basis"),
    ],
)
def test_nothing_is_published_before_the_central_platform(
    basis: PublicationBasis, reference: str | None, reason: str, size: Size, field: str
) -> None:
    """A reference of the platform's form, a reason for the fallback, or a value below £30,000."""
    with pytest.raises(InvalidInput) as refused:
        require_basis(basis, reference, reason, duty=OPEN.notice_duty(TENDER, size))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("basis", "reference", "reason", "size"),
    [
        (CENTRAL, "012345-2026", "", Size.ABOVE),
        (CENTRAL, "1234567-2026", "", Size.ABOVE),
        (FALLBACK, None, "It was down for three days.", Size.NOTIFIABLE),
        (NOT_REQUIRED, None, "", Size.SMALL),
    ],
)
def test_each_basis_can_be_used(basis: PublicationBasis, reference: str | None, reason: str, size: Size) -> None:
    """The three lawful ways."""
    require_basis(basis, reference, reason, duty=OPEN.notice_duty(TENDER, size))


@pytest.mark.parametrize(
    ("kind", "regime"),
    [
        (IttKind.MINI_COMPETITION, Regime.PA2023),
        (IttKind.DPS_CALL_OFF, Regime.PCR2015),
        (IttKind.DIRECT_AWARD, Regime.PCR2015),
    ],
)
def test_a_call_off_needs_no_notice_of_its_own(kind: IttKind, regime: Regime) -> None:
    """Whatever it is worth: the framework's own notice has advertised it (PCR2015 reg 33(8), 34(14); PA2023 s.45)."""
    require_basis(NOT_REQUIRED, None, "", duty=law_of(kind, regime).notice_duty(TENDER, Size.ABOVE))


@pytest.mark.parametrize("size", [Size.NOTIFIABLE, Size.ABOVE])
def test_a_market_s_call_off_is_advertised_like_any_other(size: Size) -> None:
    """From £30,000 on it has a tender notice of its own (PA2023 s.21: s.40 excuses utilities alone)."""
    duty = law_of(IttKind.MARKET_CALL_OFF, Regime.PA2023).notice_duty(TENDER, size)
    with pytest.raises(InvalidInput, match=r"\(PA2023 s\.21, s\.40\)"):
        require_basis(NOT_REQUIRED, None, "", duty=duty)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" 012345-2026 ", "012345-2026"),
        ("2026/S 000-012345", "012345-2026"),
        ("2026/S 012345", "2026/S 012345"),
        ("", ""),
    ],
)
def test_a_number_is_read_as_it_is_printed(typed: str, read: str) -> None:
    """Spaces fall away, the older printed form is the same number, and anything else stays for the refusal."""
    assert read_reference(typed) == read
