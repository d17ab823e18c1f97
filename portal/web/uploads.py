"""Fields for files: which types can be chosen is said by the one list of what can be kept."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms.validators import ValidationError

from portal.core.inspecting import ALLOWED, MEDIA_TYPES
from portal.core.keeping import Upload

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
