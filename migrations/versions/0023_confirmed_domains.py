"""A confirmed address at an organisation's own mail domain proves its number, too."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

METHODS = ("register", "post", "before_records")


def _allow(*methods: str) -> None:
    name = op.f("ck_verification_verification_method")
    op.drop_constraint(name, "verification")
    listed = ", ".join(f"'{method}'" for method in methods)
    op.create_check_constraint(name, "verification", f"method IN ({listed})")


def upgrade() -> None:
    """Add the domain."""
    op.add_column("verification", sa.Column("domain", sa.Text(), server_default=sa.text("''"), nullable=False))
    _allow("register", "post", "domain", "before_records")
    op.create_check_constraint(
        op.f("ck_verification_domain_is_named"), "verification", "(method = 'domain') = (domain <> '')"
    )


def downgrade() -> None:
    """Take it back: what a domain proved counts as an officer's comparison, which it was in part."""
    op.drop_constraint(op.f("ck_verification_domain_is_named"), "verification")
    op.execute("UPDATE verification SET method = 'register' WHERE method = 'domain'")
    op.drop_column("verification", "domain")
    _allow(*METHODS)
