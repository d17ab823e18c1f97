"""The documents of an invitation in open data: those that everybody may read, with where and in which version."""

from __future__ import annotations

from portal.notices.canonical import Json, instant
from portal.notices.publisher import Publisher
from portal.tendering.document_models import DocumentVersion, InvitationDocument
from portal.tendering.models import InvitationToTender


def tender_documents(publisher: Publisher, itt: InvitationToTender) -> list[Json]:
    """OCDS documents of the tender: the last published version of each that is not restricted."""
    return [
        _document(publisher, itt, document, document.published[0])
        for document in itt.documents
        if document.published and not document.facts.is_restricted
    ]


def _document(
    publisher: Publisher, itt: InvitationToTender, document: InvitationDocument, version: DocumentVersion
) -> Json:
    first, last = document.published[-1].published_at, version.published_at
    return {
        "id": str(document.id),
        "documentType": document.facts.code,
        "title": document.title,
        "description": f"Version {version.number}, SHA-256 {version.sha256}",
        "url": publisher.document_url(itt.reference, version.id),
        "datePublished": instant(first) if first else None,
        "dateModified": instant(last) if last else None,
        "format": version.media_type,
        "language": "en",
    }
