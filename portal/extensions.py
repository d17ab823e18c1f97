"""The extensions, as instances only; `portal.app.create_app` binds them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Date, DateTime, LargeBinary, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from werkzeug.local import LocalProxy


class Model(DeclarativeBase):
    """The base of every table: named constraints, text without lengths, instants with their zone."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        uuid.UUID: Uuid(),
        str: Text(),
        bytes: LargeBinary(),
        datetime: DateTime(timezone=True),
        date: Date(),
        Decimal: Numeric(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


db = SQLAlchemy(metadata=Model.metadata)
login_manager = LoginManager()
csrf = CSRFProtect()
files: Any = LocalProxy(lambda: current_app.extensions["files"])
"""The application's file store (`portal.core.storage.FileStore`), for what the clock alone asks for."""
keys: Any = LocalProxy(lambda: current_app.extensions["keys"])
"""The application's key folder (`portal.core.seals.KeyFolder`), for what a row reads of itself."""
