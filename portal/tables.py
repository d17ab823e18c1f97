"""Every table, imported once so that the metadata is whole before mappers are configured or compared."""

from __future__ import annotations

import portal.accounts.models
import portal.audit.models
import portal.awarding.models
import portal.bidding.models
import portal.contracts.models
import portal.evaluation.models
import portal.frameworks.member_models
import portal.frameworks.models
import portal.joining.models
import portal.members.models
import portal.notices.models
import portal.notifications.models
import portal.organisations.models
import portal.regulation.models
import portal.tendering.models  # noqa: F401
