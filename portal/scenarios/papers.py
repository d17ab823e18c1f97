"""The documents of a demonstrated invitation: a specification, contract terms, and facts about invented staff."""

from __future__ import annotations

from datetime import datetime

from portal.core.columns import db
from portal.core.pdf import Document, Heading, Table, Text, make_pdf
from portal.core.storage import FileStore
from portal.scenarios import people
from portal.scenarios.building import cast_of
from portal.tendering.document_models import DocumentKind
from portal.tendering.documents import add_documents
from portal.tendering.models import InvitationToTender

STAFF = """Role,Hours a week,Start,Salary band,Contract
Key worker,37,2019,£27000 to £29000,permanent
Key worker,22.5,2022,£26000 to £28000,permanent
Group worker,18,2023,£25000 to £27000,until July 2027
"""


def add_papers(itt: InvitationToTender, *, files: FileStore, made_at: datetime) -> None:
    """Add them to the draft."""
    actor = people.actor_of(cast_of(itt).commissioner)
    papers = (
        (DocumentKind.SPECIFICATION, "Specification", "specification.pdf", make_pdf(_specification(itt, made_at))),
        (DocumentKind.CONTRACT_TERMS, "Contract terms", "contract-terms.pdf", make_pdf(_terms(itt, made_at))),
        (DocumentKind.TUPE, "Staff who may transfer", "staff.csv", STAFF.encode()),
    )
    for kind, title, name, content in papers:
        uploads = [(name, lambda content=content: content)]
        add_documents(itt=itt, kind=kind, title=title, uploads=uploads, actor=actor, files=files)
    db.session.commit()


def _specification(itt: InvitationToTender, made_at: datetime) -> Document:
    parts = (
        Heading("What families should find"),
        Text(itt.description),
        Heading("What is measured"),
        Table(
            ("What", "How", "How often"),
            (
                ("Families say that it helped", "A short questionnaire at the start and the end", "Each family"),
                ("Nobody waits", "Working days from the call to the first visit", "Every month"),
                ("Young people have a say", "What was changed because they said so", "Every term"),
            ),
            (3, 4, 2),
        ),
    )
    return Document(
        "Specification", f"{itt.title}. A demonstration: nothing here is real.", itt.reference, parts, made_at
    )


def _terms(itt: InvitationToTender, made_at: datetime) -> Document:
    parts = (
        Heading("Term"),
        Text("The contract runs for the term in the invitation, and either side can end it at a break point."),
        Heading("Payment"),
        Text("The buyer pays within 30 days of an undisputed invoice."),
        Heading("Keeping children safe"),
        Text("Everybody who works with children is checked before they begin, and every concern is reported that day."),
    )
    return Document(
        "Contract terms", f"{itt.title}. A demonstration: nothing here is real.", itt.reference, parts, made_at
    )
