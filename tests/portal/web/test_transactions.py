"""One commit a request, at the boundary."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.web.access import public
from tests.factories.organisations import make_authority


@pytest.fixture
def house(fresh_app: Flask) -> Iterator[Flask]:
    """The app with a view that changes something and answers as told."""

    def change(status: int) -> tuple[dict[str, bool], int]:
        make_authority(f"Changed {status}")
        return {"done": True}, status

    methods = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    fresh_app.add_url_rule("/change/<int:status>", "change", public(change), methods=methods)
    fresh_app.extensions["csrf"].exempt(f"{__name__}.change")
    with fresh_app.app_context():
        yield fresh_app


def kept() -> int:
    """How many changes were committed."""
    return db.session.scalar(select(func.count(ContractingAuthority.id))) or 0


def test_reading_never_commits(house: Flask) -> None:
    """What a safe method changed is gone, whatever the view did."""
    for method in ("GET", "HEAD", "OPTIONS"):
        house.test_client().open("/change/200", method=method)
    assert kept() == 0


def test_an_unsafe_request_commits_once_at_its_end(house: Flask) -> None:
    """The change is there after the answer."""
    for count, method in enumerate(("POST", "PUT", "PATCH", "DELETE"), start=1):
        house.test_client().open(f"/change/{200 + count}", method=method)
        assert kept() == count


def test_a_failed_request_commits_nothing(house: Flask) -> None:
    """An answer of 500 and above takes everything back."""
    for status in (500, 503):
        house.test_client().post(f"/change/{status}")
    assert kept() == 0
