"""What an event can be about: each model says its name in the ledger and its chain once, and `record` reads them."""

from __future__ import annotations

import uuid

SYSTEM_CHAIN = "system"


class Subject:
    """Something that events are about. One that says no chain cannot be recorded: there is no default to fall into."""

    @property
    def ledger_object(self) -> str:
        """Its name in the ledger: that of the policy, or of its table where the policy does not judge it."""
        name: str = getattr(self, "policy_object", None) or self.__tablename__  # type: ignore[attr-defined]
        return name

    @property
    def ledger_id(self) -> uuid.UUID:
        """Its identifier in the ledger."""
        identifier: uuid.UUID = self.id  # type: ignore[attr-defined]
        return identifier

    @property
    def ledger_chain(self) -> str:
        """The chain that its events are written into."""
        raise NotImplementedError(f"{type(self).__name__} says no chain")


class OnSystemChain(Subject):
    """People and organisations: no procurement is theirs alone."""

    ledger_chain = SYSTEM_CHAIN


class OnOwnChain(Subject):
    """What is verified by itself from its first event to its last."""

    @property
    def ledger_chain(self) -> str:
        """Its own identifier."""
        return str(self.ledger_id)


class OnIttChain(Subject):
    """What belongs to an invitation to tender: its events stand among the invitation's."""

    @property
    def ledger_chain(self) -> str:
        """The invitation's identifier."""
        return str(self.itt_id)  # type: ignore[attr-defined]


class OnFrameworkChain(Subject):
    """What belongs to a framework: its events stand among the framework's."""

    @property
    def ledger_chain(self) -> str:
        """The framework's identifier."""
        return str(self.framework_id)  # type: ignore[attr-defined]
