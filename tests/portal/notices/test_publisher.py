"""Who publishes: identifiers and addresses from the settings."""

from __future__ import annotations

import pytest

from portal.config import PLACEHOLDER_OCID_PREFIX, SettingsError, load_settings
from portal.notices.publisher import publisher

ENVIRONMENT = {
    "DATABASE_URL": "postgresql://portal@localhost/portal",
    "SECRET_KEY": "a key for tests alone, long enough to pass",
    "PUBLIC_URL": "https://fairlot.example/",
}


def test_an_installation_publishes_under_its_own_prefix_and_address() -> None:
    """Prefix and public address come from the settings."""
    made = publisher(load_settings({**ENVIRONMENT, "OCID_PREFIX": "ocds-a1b2c3"}))
    assert made.ocid("ITT-1") == "ocds-a1b2c3-ITT-1"
    assert made.notice_url("ITT-1-UK4") == "https://fairlot.example/notices/ITT-1-UK4"
    assert made.opportunity_url("ITT-1") == "https://fairlot.example/opportunities/ITT-1"
    assert not made.has_placeholder_prefix


def test_without_a_prefix_the_placeholder_is_used_and_known_as_one() -> None:
    """No prefix configured means the placeholder, which pages point out."""
    made = publisher(load_settings(ENVIRONMENT))
    assert made.ocid_prefix == PLACEHOLDER_OCID_PREFIX
    assert made.has_placeholder_prefix


@pytest.mark.parametrize("prefix", ["ocds-abc", "a1b2c3", "ocds-A1B2C3", "ocds-a1b2c3-", "ocds_a1b2c3"])
def test_a_malformed_prefix_stops_the_start(prefix: str) -> None:
    """A prefix that is none is refused in one sentence that names the variable."""
    with pytest.raises(SettingsError, match="OCID_PREFIX is not an OCDS prefix"):
        load_settings({**ENVIRONMENT, "OCID_PREFIX": prefix})
