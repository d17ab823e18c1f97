"""A password that the registration page carries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts.kept_passwords import keep_password, kept_password
from portal.core import clock

NOW = clock.now()


def test_it_is_kept_for_an_hour(app: Flask) -> None:
    """And is nowhere to be read in what the page carries."""
    keys = app.extensions["keys"]
    sealed = keep_password("drei Wörter ohne Ende", keys=keys, now=NOW)
    assert "Ende" not in sealed
    assert kept_password(sealed, keys=keys, now=NOW + timedelta(minutes=59)) == "drei Wörter ohne Ende"
    assert kept_password(sealed, keys=keys, now=NOW + timedelta(hours=1)) == ""


@pytest.mark.parametrize("carried", ["", "x", "é", "bm90aGluZw==", "A" * 200])
def test_what_was_not_sealed_here_is_nothing(app: Flask, carried: str) -> None:
    """Whatever a page sends back."""
    assert kept_password(carried, keys=app.extensions["keys"], now=NOW) == ""
