"""Publishing an invitation to tender."""

from __future__ import annotations

from tests.factories.tendering import published_itt
from tender_scoring import effective_weights, method_hash


def test_publishing_freezes_the_method(db_session: object) -> None:
    """x"""
    itt = published_itt()
    assert itt.status == "published"
    assert itt.method_hash == method_hash(itt.method)
    print([(w.criterion, w.panel, w.marks) for w in effective_weights(itt.method)])
