"""What monitors ask."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from portal.monitoring import readiness
from portal.web.access import public

bp = Blueprint("monitoring", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that this process answers; asks nothing else."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether people can work and what is due gets done: 200, also when degraded, else 503."""
    found = readiness.look(current_app.config["SETTINGS"].redis_url)
    return jsonify(found.as_json()), 503 if found.status in {"down", "late"} else 200
