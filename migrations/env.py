"""Run the migrations on one connection, as the schema's owner; called by portal/migrating.py."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

config = context.config


def run() -> None:
    """Take the migration lock, then run each revision in a transaction of its own."""
    engine = create_engine(config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": config.attributes["lock"]})
        # A migration that would wait behind a long read gives up instead of making every request queue behind it.
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=config.attributes.get("metadata"),
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
