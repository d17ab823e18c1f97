"""Attempts over HTTP that leave nothing behind."""

from __future__ import annotations

from contextvars import Context

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from portal.accounts.models import User
from portal.extensions import db
from tests.access.expecting import DONE, SIGN_IN
from tests.access.people import Person
from tests.factories.accounts import sign_in
from tests.prepared import Prepared

SECRET = "a page's secret"
SENT = {"version": "1"}
"""What every form holds: whoever decides about something names the version that the page showed."""


class Attempts:
    """One person's browser on a connection whose savepoint is rolled back after every attempt."""

    def __init__(self, app: Flask, prepared: Prepared, person: Person) -> None:
        self.app, self.prepared, self.person = app, prepared, person
        self.client = FlaskClient(app, app.response_class)
        signer = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token")
        self.token = signer.dumps(SECRET)
        if person.user_id is not None:
            sign_in(self.client, db.session.get_one(User, person.user_id))
            db.session.commit()
        with self.client.session_transaction() as cookie:
            cookie["csrf_token"] = SECRET
        self.name = app.config["SESSION_COOKIE_NAME"]
        held = self.client.get_cookie(self.name)
        assert held is not None
        self.cookie = held.value

    def answer(self, method: str, path: str) -> str:
        """What the person is answered there: "done", "sign in", or the status of the refusal."""
        self.client.set_cookie(self.name, self.cookie)
        savepoint = self.prepared.connection.begin_nested()
        try:
            data = {"csrf_token": self.token, **SENT} if method == "POST" else None
            answered = Context().run(self.client.open, path, method=method, data=data, buffered=True)
        finally:
            savepoint.rollback()
        return classified(answered)


def classified(answered: TestResponse) -> str:
    """How an answer counts: a form that is shown again with its faults let the person try."""
    location = answered.location or ""
    if answered.status_code in {301, 302, 303} and ("/sign-in" in location or "/sitting?" in location):
        return SIGN_IN
    if answered.status_code == 401:
        return SIGN_IN
    if answered.status_code < 400 or answered.status_code in {400, 422}:
        return DONE
    return str(answered.status_code)
