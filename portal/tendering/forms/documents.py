"""Documents of an invitation, and the undertaking that some of them ask for."""

from __future__ import annotations

from wtforms import BooleanField

from portal.tendering.document_models import KINDS, DocumentKind
from portal.web.fields import ChoiceField, line
from portal.web.forms import BaseForm
from portal.web.uploads import UploadField, UploadsField


class AddDocumentsForm(BaseForm):
    """One document or several of one kind."""

    kind = ChoiceField("What kind of document is it?", [(kind.value, facts.words) for kind, facts in KINDS.items()])
    title = line("Title", description="Leave it empty to use the name of the file, or of each file.")
    files = UploadsField("Files")

    @property
    def chosen_kind(self) -> DocumentKind:
        """The kind that was chosen."""
        return DocumentKind(self.kind.data)


class ReplaceDocumentForm(BaseForm):
    """A new version of one document."""

    file = UploadField("The new version")


class UndertakingForm(BaseForm):
    """Signing the undertaking."""

    undertaken = BooleanField("I undertake all of this, for myself and for my organisation")
