"""A test client that behaves like a browser's request, and looks at every page it gets."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.extensions import db
from tests.pages import check_page


class CheckedClient(FlaskClient):
    """Each request gets an application context and a database session of its own, as it would in the server.

    What the test prepared is committed (inside the test's outer transaction) before the request; what the
    test holds is refreshed after it. Every HTML page is checked by `tests.pages.check_page`.
    """

    checks_pages = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request and return its response."""
        db.session.commit()
        # A streamed answer is read to its end within the request's own context, as a server would.
        kwargs.setdefault("buffered", True)
        # In the test's own context Flask would reuse its application context: `g`, the signed-in user
        # included.
        response = Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        if self.checks_pages and response.mimetype == "text/html" and response.data and kwargs.get("method") != "HEAD":
            check_page(response.get_data(as_text=True), response.request.path)
        return response
