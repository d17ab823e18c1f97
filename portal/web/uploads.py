"""Fields for files, whose types are said by the one list of what can be kept, and how much a request may bring.

A request brings one file of the largest size with room around it (`MAX_CONTENT_LENGTH`), to a view that takes several
so many times that. The web server asks as well, before it reads (`portal/running/web_worker.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from flask import Flask, request
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.exceptions import HTTPException
from wtforms.validators import ValidationError

from portal.core.inspecting import ALLOWED, MEDIA_TYPES
from portal.core.keeping import Upload

View = TypeVar("View", bound=Callable[..., Any])

ACCEPT = ",".join(f".{extension}" for extension in MEDIA_TYPES)
"""What a browser's dialog offers first; what is chosen all the same is refused in words."""
HINT = f"{ALLOWED}, up to 50 MB a file."
SEVERAL = f"You can choose several at once. {HINT}"


class UploadField(FileField):  # type: ignore[misc, unused-ignore]
    """One file; `missing` is said when none was chosen, None where none has to be."""

    def __init__(self, label: str, *, missing: str | None = "Choose a file.", **options: Any) -> None:
        super().__init__(label, **{"description": HINT, "render_kw": {"accept": ACCEPT}} | options)
        self.missing = missing

    def pre_validate(self, form: Any) -> None:
        """Ask for a file when none was chosen."""
        if self.missing is not None and not self.data:
            raise ValidationError(self.missing)

    @property
    def upload(self) -> Upload:
        """The chosen file."""
        return self.data.filename, self.data.read


class UploadsField(MultipleFileField):  # type: ignore[misc, unused-ignore]
    """Several files at once."""

    def __init__(self, label: str, *, missing: str | None = "Choose at least one file.", **options: Any) -> None:
        super().__init__(label, **{"description": SEVERAL, "render_kw": {"accept": ACCEPT}} | options)
        self.missing = missing

    def pre_validate(self, form: Any) -> None:
        """Ask for files when none was chosen."""
        if self.missing is not None and not self.data:
            raise ValidationError(self.missing)

    @property
    def uploads(self) -> list[Upload]:
        """The chosen files."""
        return [(part.filename, part.read) for part in self.data or []]


def takes_files(at_once: int) -> Callable[[View], View]:
    """A view that takes so many files of the largest size at once; with 2, one too large is refused by its name."""

    def mark(view: View) -> View:
        view.files_at_once = at_once  # type: ignore[attr-defined]
        return view

    return mark


def bind(app: Flask) -> None:
    """Let a request be as large as its view says, and tell the web server."""

    @app.url_value_preprocessor
    def allow(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if endpoint is not None:
            request.max_content_length = _largest(app, endpoint)

    app.extensions["largest_request"] = partial(largest_request, app)


def largest_request(app: Flask, method: str, path: str) -> int:
    """Bytes that a request to this address may have."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, method=method)
    except HTTPException:
        endpoint = "static"
    return _largest(app, str(endpoint))


def _largest(app: Flask, endpoint: str) -> int:
    one: int = app.config["MAX_CONTENT_LENGTH"]
    return one * int(getattr(app.view_functions[endpoint], "files_at_once", 1))
