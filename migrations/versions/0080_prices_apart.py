"""Prices can be opened apart, after the panels; what a price envelope says is a row of its own."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

OPENS = sa.Enum("bids", "prices", name="opens", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Every price that was opened moves to its row; invitations go on opening prices with the bids."""
    op.add_column("itt", sa.Column("prices_apart", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("itt", sa.Column("prices_opened_at", sa.DateTime(timezone=True)))
    op.add_column("bid_opening", sa.Column("what", OPENS, server_default="bids", nullable=False))
    op.alter_column("bid_opening", "what", server_default=None)
    op.drop_index("uq_bid_opening_itt_id_done", "bid_opening")
    done = sa.text("status = 'done'")
    op.create_index("uq_bid_opening_done", "bid_opening", ["itt_id", "what"], unique=True, postgresql_where=done)
    op.create_table(
        "opened_price",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.Numeric(14, 2)),
        sa.Column("said", postgresql.JSONB()),
        sa.Column("broken", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["opened_bid.bid_id"], name=op.f("fk_opened_price_bid_id")),
        sa.ForeignKeyConstraint(["opening_id"], ["bid_opening.id"], name=op.f("fk_opened_price_opening_id")),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_opened_price")),
    )
    op.create_index(op.f("ix_opened_price_opening_id"), "opened_price", ["opening_id"])
    op.execute(
        "INSERT INTO opened_price (bid_id, opening_id, price, said) "
        "SELECT bid_id, opening_id, price, priced FROM opened_bid WHERE quarantine_reason IS NULL"
    )
    op.drop_column("opened_bid", "price")
    op.drop_column("opened_bid", "priced")
    # Evidence, as the bids that were opened.
    role = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT ON opened_price TO {role}")


def downgrade() -> None:
    """Who opened prices apart is lost from the tables; the ledger still says it."""
    op.add_column("opened_bid", sa.Column("priced", postgresql.JSONB()))
    op.add_column("opened_bid", sa.Column("price", sa.Numeric(14, 2)))
    op.execute(
        "UPDATE opened_bid SET price = opened_price.price, priced = opened_price.said "
        "FROM opened_price WHERE opened_price.bid_id = opened_bid.bid_id"
    )
    op.drop_table("opened_price")
    op.execute("DELETE FROM bid_opening WHERE what = 'prices'")
    op.drop_index("uq_bid_opening_done", "bid_opening")
    op.create_index(
        "uq_bid_opening_itt_id_done", "bid_opening", ["itt_id"], unique=True,
        postgresql_where=sa.text("status = 'done'"),
    )
    op.drop_column("bid_opening", "what")
    op.drop_column("itt", "prices_opened_at")
    op.drop_column("itt", "prices_apart")
