"""The floor: the least that Flask and SQLAlchemy do for a form of twenty answers, and for a page of one row.

Nobody signs in here, nothing is checked, sealed, receipted or recorded. What the portal costs beside this is what
its promises cost.
"""

import os

from flask import Flask, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Identity, func, select
from sqlalchemy.dialects.postgresql import JSONB

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 8, "max_overflow": 8}
db = SQLAlchemy(app)
PAGE = "<!doctype html><title>Floor</title><h1>{{ count }}</h1>"


class Answers(db.Model):  # type: ignore[name-defined, misc]
    """One form."""

    __tablename__ = "floor_answers"
    id = db.Column(BigInteger, Identity(), primary_key=True)
    answers = db.Column(JSONB, nullable=False)


with app.app_context():
    db.create_all()
    db.engine.dispose()


@app.post("/")
def store() -> tuple[str, int]:
    """Store a form."""
    row = Answers(answers=request.form.to_dict())
    db.session.add(row)
    db.session.commit()
    return str(row.id), 201


@app.get("/")
def read() -> str:
    """Show one figure."""
    count = db.session.scalar(select(func.count()).select_from(Answers).where(Answers.id == 1))
    return render_template_string(PAGE, count=count)
