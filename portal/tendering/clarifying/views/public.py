"""Everybody reads the answers; a bidder finds its own questions among them, and follows what changes."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import PROVIDER_ROLES
from portal.tendering.clarifying.following import follow, unfollow
from portal.tendering.clarifying.queries import is_following, own_questions, published_answers
from portal.tendering.explaining import told
from portal.tendering.public_record import instant
from portal.tendering.queries import find_published_itt
from portal.web.access import actor, for_provider, public

bp = Blueprint("clarifications", __name__, url_prefix="/opportunities/<reference>")


@bp.get("/answers")
@public
def index(reference: str) -> ResponseReturnValue:
    """Every answer, and what the reader's own organisation asked."""
    itt, now = find_published_itt(reference), clock.now()
    standing = told(itt, actor().provider_id, now)
    is_open = itt.takes_questions(now)
    is_provider = bool(actor().roles & PROVIDER_ROLES)
    return render_template(
        "tendering/clarifying/answers.html",
        itt=itt,
        now=now,
        is_open=is_open,
        answers=published_answers(itt.id),
        own=own_questions(itt.id, actor().provider_id) if is_provider else (),
        is_provider=is_provider,
        may_ask=is_open and is_provider and (standing is None or standing.may_bid),
        follows=is_provider and is_following(itt.id, actor().user_id),
    )


@bp.get("/answers.json")
@public
def index_json(reference: str) -> ResponseReturnValue:
    """Every answer as JSON."""
    itt = find_published_itt(reference)
    return jsonify(
        {
            "reference": itt.reference,
            "questions_until": instant(itt.asking_until),
            "answers": [
                {
                    "number": each.number,
                    "question": each.published_words,
                    "answer": each.answer,
                    "published_at": instant(each.published_at),
                }
                for each in published_answers(itt.id)
            ],
        }
    )


@bp.post("/follow")
@for_provider()
def start_following(reference: str) -> ResponseReturnValue:
    """Hear of answers and changes."""
    follow(itt=find_published_itt(reference), actor=actor())
    flash("You follow this. Answers and changes come to your inbox and by mail. The buyer does not know.", "success")
    return redirect(url_for("clarifications.index", reference=reference))


@bp.post("/unfollow")
@for_provider()
def stop_following(reference: str) -> ResponseReturnValue:
    """Hear of them no longer."""
    unfollow(itt=find_published_itt(reference), actor=actor())
    flash("You no longer follow this. If you bid for it, you still hear of answers and changes.", "success")
    return redirect(url_for("clarifications.index", reference=reference))
