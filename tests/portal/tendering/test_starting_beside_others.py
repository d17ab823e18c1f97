"""Starting a draft where there are earlier invitations to copy."""

from __future__ import annotations

import pytest

from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import published_itt
from tests.filling import fill

pytestmark = pytest.mark.usefixtures("db_session")


def test_whoever_copies_nothing_need_not_say_which(client: CheckedClient) -> None:
    """The list of earlier invitations is asked of those alone who begin from one."""
    itt = published_itt()
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    page = "/commissioning/itts/new"
    assert fill(client, page, {"title": "Support for young carers"}).location.endswith("/draft")
    assert fill(client, page, {"title": "Support for young carers", "start": "copy"}).status_code == 422
