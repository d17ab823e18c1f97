"""Who runs the portal stands on its pages once the settings say so."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.config import OPERATOR_SETTINGS, Operator, SettingsError, load_settings
from tests.client import CheckedClient
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")

PAGES = ("/contact", "/privacy", "/terms", "/accessibility")
SAID = {
    "OPERATOR_NAME": "Demo Councils Together",
    "OPERATOR_ADDRESS": "1 Demo Square, Demotown DE1 1AA",
    "OPERATOR_EMAIL": "portal@demo.example",
    "OPERATOR_DATA_PROTECTION": "dpo@demo.example",
}
ENVIRONMENT = {"DATABASE_URL": "postgresql://h/d", "SECRET_KEY": "0123456789" * 4}


def test_every_page_that_asks_for_trust_says_who_runs_the_portal(
    app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name and address as they were set, and on contact and privacy the data protection officer (art 13(1))."""
    monkeypatch.setitem(app.jinja_env.globals, "operator", load_settings(ENVIRONMENT | SAID).operator)
    for address in PAGES:
        page = client.get(address)
        assert SAID["OPERATOR_NAME"] in text_of(page)
        assert f"mailto:{SAID['OPERATOR_EMAIL']}" in page.text
        assert ("mailto:dpo@demo.example" in page.text) == (address in ("/contact", "/privacy"))


def test_pages_without_settings_lead_to_the_council(app: Flask, client: CheckedClient) -> None:
    """Nothing is left open where a name belongs."""
    assert app.jinja_env.globals["operator"] == Operator()
    for address in PAGES:
        assert "None" not in text_of(client.get(address))
    assert "write to the council that you work with" in text_of(client.get("/contact"))


def test_what_is_missing_is_named() -> None:
    """By its variable; a malformed address stops the start."""
    assert load_settings(ENVIRONMENT).operator.missing == list(OPERATOR_SETTINGS)
    assert load_settings(ENVIRONMENT | SAID).operator.missing == []
    with pytest.raises(SettingsError, match=r"^OPERATOR_EMAIL "):
        load_settings(ENVIRONMENT | {"OPERATOR_EMAIL": "nobody"})
