"""Safeguarding leads of authorities, and who of them looks after the young people of a panel."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

ROLES = (
    "'contributor', 'submitter', 'provider_administrator', 'commissioner', 'approver', 'opener', 'contract_manager', "
    "'auditor', {}'authority_administrator', 'platform_administrator', 'chair', 'panel_member', 'young_member', "
    "'facilitator'"
)
NEW = "'safeguarding_lead', "
CHECKS = {"membership": "role", "role_grant": "ck_role_grant_role"}


def _allow(new: str) -> None:
    for table, name in CHECKS.items():
        op.drop_constraint(op.f(name), table)
        op.create_check_constraint(op.f(name), table, f"role IN ({ROLES.format(new)})")


def upgrade() -> None:
    """Nobody is named yet: a panel of young people that scores waits until its commissioner has named somebody."""
    _allow(NEW)
    for column in ("safeguarding_lead_id", "safeguarding_deputy_id"):
        op.add_column("panel_work", sa.Column(column, sa.Uuid()))
        op.create_foreign_key(op.f(f"fk_panel_work_{column}"), "panel_work", "user_account", [column], ["id"])
        op.create_index(op.f(f"ix_panel_work_{column}"), "panel_work", [column])
    op.create_check_constraint(
        op.f("ck_panel_work_lead_and_deputy_are_two"), "panel_work", "safeguarding_deputy_id <> safeguarding_lead_id"
    )
    op.create_check_constraint(
        op.f("ck_panel_work_deputy_beside_a_lead"),
        "panel_work",
        "safeguarding_deputy_id IS NULL OR safeguarding_lead_id IS NOT NULL",
    )


def downgrade() -> None:
    """Who looked after young people is lost, and the role with it."""
    op.drop_constraint(op.f("ck_panel_work_deputy_beside_a_lead"), "panel_work")
    op.drop_constraint(op.f("ck_panel_work_lead_and_deputy_are_two"), "panel_work")
    for column in ("safeguarding_lead_id", "safeguarding_deputy_id"):
        op.drop_column("panel_work", column)
    for table in CHECKS:
        op.execute(f"DELETE FROM {table} WHERE role = 'safeguarding_lead'")
    _allow("")
