"""Who publishes, under which identifiers and addresses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from portal.config import PLACEHOLDER_OCID_PREFIX, Settings

PUBLISHER_NAME = "Fairlot"


@dataclass(frozen=True)
class Publisher:
    """The publishing installation: its OCDS identifier prefix and its public address (no slash at the end).

    Until an installation has registered its own prefix with the Open Contracting Partnership it publishes
    under a placeholder, and its pages say so.
    """

    ocid_prefix: str
    public_url: str
    name: str = PUBLISHER_NAME

    @property
    def has_placeholder_prefix(self) -> bool:
        """True while no prefix of the installation's own is configured."""
        return self.ocid_prefix == PLACEHOLDER_OCID_PREFIX

    def ocid(self, itt_reference: str) -> str:
        """The identifier of a contracting process, from its invitation to its contract."""
        return f"{self.ocid_prefix}-{itt_reference}"

    def opportunity_url(self, itt_reference: str) -> str:
        """Where anybody can read the invitation."""
        return f"{self.public_url}/opportunities/{itt_reference}"

    def document_url(self, itt_reference: str, version_id: uuid.UUID) -> str:
        """Where anybody can download that version of a document of an invitation."""
        return f"{self.opportunity_url(itt_reference)}/documents/{version_id}"

    def notice_url(self, notice_reference: str) -> str:
        """Where anybody can read the notice."""
        return f"{self.public_url}/notices/{notice_reference}"


def publisher(settings: Settings) -> Publisher:
    """Make the publisher from the installation's settings."""
    return Publisher(ocid_prefix=settings.ocid_prefix, public_url=settings.public_url)
