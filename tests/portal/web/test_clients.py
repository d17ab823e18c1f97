"""Whose address a request is counted for, behind proxies or without."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest
from flask import Flask

from portal.config import SettingsError, load_settings
from portal.web.clients import address_behind, client_address

TRUSTED = tuple(map(ip_network, ("127.0.0.1", "10.1.0.0/16", "2001:db8::/32")))
ENVIRONMENT = {"DATABASE_URL": "postgresql:///demo", "SECRET_KEY": "long enough for the test, this one"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        pytest.param("203.0.113.9", ["198.51.100.7"], "203.0.113.9", id="a stranger's word is not believed"),
        pytest.param("127.0.0.1", ["198.51.100.7"], "198.51.100.7", id="one proxy"),
        pytest.param("127.0.0.1", ["198.51.100.7, 10.1.2.3"], "198.51.100.7", id="two proxies"),
        pytest.param("127.0.0.1", ["198.51.100.7", "10.1.2.3"], "198.51.100.7", id="two headers"),
        pytest.param("127.0.0.1", ["192.0.2.1, 198.51.100.7"], "198.51.100.7", id="what the person says of themselves"),
        pytest.param("127.0.0.1", ["198.51.100.7, 203.0.113.5"], "203.0.113.5", id="a proxy that nobody named"),
        pytest.param("127.0.0.1", [], "127.0.0.1", id="nobody in front"),
        pytest.param("127.0.0.1", ["10.1.2.3"], "10.1.2.3", id="nobody behind the last proxy"),
        pytest.param("127.0.0.1", ["198.51.100.7, rubbish"], "127.0.0.1", id="no address"),
        pytest.param("127.0.0.1", ["198.51.100.7, "], "127.0.0.1", id="empty"),
        pytest.param("localhost", ["198.51.100.7"], "198.51.100.7", id="a proxy at a socket file"),
        pytest.param("", ["198.51.100.7"], "198.51.100.7", id="a proxy at a socket file, unnamed"),
        pytest.param("127.0.0.1", ["198.51.100.7:4711"], "198.51.100.7", id="with a port"),
        pytest.param("127.0.0.1", ["[2001:db9::1]:4711"], "2001:db9::1", id="IPv6 with a port"),
        pytest.param("::ffff:127.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7", id="IPv4 written as IPv6"),
        pytest.param("2001:db8::5", ["2001:db9::1"], "2001:db9::1", id="IPv6"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_s_counts(peer: str, forwarded: list[str], address: str) -> None:
    """X-Forwarded-For is read from its end, as far as named proxies wrote it (W-09)."""
    assert address_behind(peer, forwarded, TRUSTED) == address


def test_without_the_setting_nobody_is_believed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The header counts only where the setting names who sends it."""
    headers, peer = {"X-Forwarded-For": "198.51.100.7"}, {"REMOTE_ADDR": "127.0.0.1"}
    with app.test_request_context("/", headers=headers, environ_base=peer):
        assert client_address() == "127.0.0.1"
        monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], trusted_proxies=TRUSTED))
        assert client_address() == "198.51.100.7"


def test_the_setting_is_a_list_of_addresses_and_networks() -> None:
    """Commas or spaces between them; what is neither stops the start and is named."""
    settings = load_settings(ENVIRONMENT | {"TRUSTED_PROXIES": "127.0.0.1, 10.1.0.0/16 2001:db8::/32,"})
    assert settings.trusted_proxies == TRUSTED
    assert load_settings(ENVIRONMENT).trusted_proxies == ()
    for wrong in ("proxy.example", "10.1.0.1/16", "10.0.0.0/33"):
        with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
            load_settings(ENVIRONMENT | {"TRUSTED_PROXIES": wrong})
