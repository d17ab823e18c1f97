"""Every table and every policy row, imported once.

So the metadata is whole before mappers are configured or compared, and the policy before anybody is judged by it.
"""

from __future__ import annotations

import portal.accounts.absence_models
import portal.accounts.card_models
import portal.accounts.factor_models
import portal.accounts.link_models
import portal.accounts.models
import portal.accounts.rules
import portal.audit.models
import portal.awarding.models
import portal.awarding.rules
import portal.bidding.late_models
import portal.bidding.models
import portal.bidding.rules
import portal.bidding.validity_models
import portal.contracts.models
import portal.contracts.rules
import portal.corresponding.models
import portal.corresponding.rules
import portal.editing.models
import portal.ending.rules
import portal.evaluation.blocked_models
import portal.evaluation.consent_models
import portal.evaluation.draw_models
import portal.evaluation.hiding_models
import portal.evaluation.look_models
import portal.evaluation.models
import portal.evaluation.moderation_models
import portal.evaluation.note_models
import portal.evaluation.paper_models
import portal.evaluation.recusal_models
import portal.evaluation.rules
import portal.evaluation.sharing_models
import portal.evaluation.taking_part.models
import portal.evaluation.training.models
import portal.frameworks.member_models
import portal.frameworks.models
import portal.frameworks.rules
import portal.identity.rules
import portal.joining.models
import portal.joining.rules
import portal.judging.check_models
import portal.judging.debarment_models
import portal.judging.enquiry_models
import portal.judging.models
import portal.judging.rules
import portal.localities.models
import portal.localities.rules
import portal.members.models
import portal.members.rules
import portal.notices.models
import portal.notices.rules
import portal.notifications.models
import portal.organisations.claim_models
import portal.organisations.models
import portal.organisations.rules
import portal.privacy.models
import portal.privacy.rules
import portal.regulation.models
import portal.reporting.models
import portal.reporting.rules
import portal.tendering.amending.models
import portal.tendering.amending.rules
import portal.tendering.approval_models
import portal.tendering.clarifying.mail_models
import portal.tendering.clarifying.models
import portal.tendering.clarifying.rules
import portal.tendering.document_models
import portal.tendering.ending_models
import portal.tendering.groundwork_models
import portal.tendering.helping.models
import portal.tendering.helping.rules
import portal.tendering.interests.models
import portal.tendering.interests.rules
import portal.tendering.joint_models
import portal.tendering.method_versions
import portal.tendering.models
import portal.tendering.rules
import portal.tendering.specification_models  # noqa: F401
