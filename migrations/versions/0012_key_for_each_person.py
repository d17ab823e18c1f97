"""Names and e-mail addresses stand under a key of their own for each person, wrapped by one from the key folder.

What a person is called on a panel is their name and no copy of it; what is said of somebody who is refused a role
stands under their key. Sealing is written out here as it was on this day (portal/core/personal.py may change).
"""

import hashlib

import sqlalchemy as sa
from alembic import context, op
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.utils import random

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NONCE = 24
ERASED = "Erased person"
SEALED = ("person_key", "name_sealed", "email_sealed", "email_index")
CHECKS = {
    "email_with_password": "(email_index IS NULL) = (password_hash IS NULL)",
    "email_with_index": "(email_index IS NULL) = (email_sealed IS NULL)",
    "named_while_there_is_a_key": "(person_key IS NULL) = (name_sealed IS NULL)",
    "nothing_without_a_key": "person_key IS NOT NULL OR (email_sealed IS NULL AND NOT is_active)",
}


def upgrade():
    for column in SEALED:
        op.add_column("user_account", sa.Column(column, sa.LargeBinary()))
    op.add_column("role_grant", sa.Column("note_sealed", sa.LargeBinary()))
    op.drop_constraint(op.f("ck_user_account_email_with_password"), "user_account", type_="check")
    seal_people(op.get_bind())
    op.drop_index("uq_user_account_email", table_name="user_account")
    op.drop_constraint(op.f("ck_user_account_email_in_lower_case"), "user_account", type_="check")
    op.drop_column("user_account", "email")
    op.drop_column("user_account", "display_name")
    op.drop_column("panel_member", "alias")
    op.drop_column("role_grant", "decision_note")
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_user_account_{name}"), "user_account", rule)
    op.create_index("uq_user_account_email_index", "user_account", ["email_index"], unique=True)
    op.create_table(
        "message_mention",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_mention_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_message_mention_user_id")),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_message_mention")),
    )
    quoted = '"' + context.config.attributes.get("app_role", "portal_web").replace('"', '""') + '"'
    op.execute(f"GRANT SELECT, INSERT, DELETE ON message_mention TO {quoted}")


def downgrade():
    op.drop_table("message_mention")
    op.drop_index("uq_user_account_email_index", table_name="user_account")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_user_account_{name}"), "user_account", type_="check")
    op.add_column(
        "role_grant", sa.Column("decision_note", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("panel_member", sa.Column("alias", sa.Text()))
    op.add_column("user_account", sa.Column("display_name", sa.Text()))
    op.add_column("user_account", sa.Column("email", sa.Text()))
    open_people(op.get_bind())
    op.alter_column("user_account", "display_name", nullable=False)
    op.execute(
        "UPDATE panel_member SET alias = user_account.display_name FROM user_account WHERE user_account.id = user_id"
    )
    op.alter_column("panel_member", "alias", nullable=False)
    op.create_check_constraint(
        op.f("ck_user_account_email_in_lower_case"), "user_account", "email = lower(email)"
    )
    op.create_check_constraint(
        op.f("ck_user_account_email_with_password"), "user_account", "(email IS NULL) = (password_hash IS NULL)"
    )
    op.create_index("uq_user_account_email", "user_account", ["email"], unique=True)
    op.drop_column("role_grant", "note_sealed")
    for column in SEALED:
        op.drop_column("user_account", column)


def seal_people(connection):
    """Make a key for everybody, and seal name, address and what was said of them."""
    people = connection.execute(sa.text("SELECT id, display_name, email FROM user_account ORDER BY id")).all()
    if not people:
        return
    master = context.config.attributes["person_key"]()
    keys = {person.id: random(32) for person in people}
    connection.execute(
        sa.text(
            "UPDATE user_account SET person_key = :person_key, name_sealed = :name_sealed,"
            " email_sealed = :email_sealed, email_index = :email_index WHERE id = :id"
        ),
        [
            {
                "id": person.id,
                "person_key": seal(keys[person.id], master, person.id, "key"),
                "name_sealed": seal(person.display_name.encode(), keys[person.id], person.id, "name"),
                "email_sealed": person.email and seal(person.email.encode(), keys[person.id], person.id, "email"),
                "email_index": person.email and index_of(person.email, master),
            }
            for person in people
        ],
    )
    said = connection.execute(sa.text("SELECT id, user_id, decision_note FROM role_grant WHERE decision_note <> ''"))
    for row in said.all():
        sealed = seal(row.decision_note.encode(), keys[row.user_id], row.user_id, "decision note")
        connection.execute(
            sa.text("UPDATE role_grant SET note_sealed = :sealed WHERE id = :id"), {"sealed": sealed, "id": row.id}
        )


def open_people(connection):
    """Write names, addresses and notes as they were; whoever was erased stays erased."""
    people = connection.execute(
        sa.text("SELECT id, person_key, name_sealed, email_sealed FROM user_account ORDER BY id")
    ).all()
    if not people:
        return
    master = context.config.attributes["person_key"]()
    keys = {person.id: person.person_key and unseal(person.person_key, master, person.id, "key") for person in people}
    for person in people:
        key = keys[person.id]
        opened = {
            "id": person.id,
            "name": unseal(person.name_sealed, key, person.id, "name").decode() if key else ERASED,
            "email": unseal(person.email_sealed, key, person.id, "email").decode() if person.email_sealed else None,
        }
        connection.execute(
            sa.text("UPDATE user_account SET display_name = :name, email = :email WHERE id = :id"), opened
        )
    said = connection.execute(sa.text("SELECT id, user_id, note_sealed FROM role_grant WHERE note_sealed IS NOT NULL"))
    for row in said.all():
        if keys[row.user_id]:
            note = unseal(row.note_sealed, keys[row.user_id], row.user_id, "decision note").decode()
            connection.execute(
                sa.text("UPDATE role_grant SET decision_note = :note WHERE id = :id"), {"note": note, "id": row.id}
            )


def seal(content, key, person_id, what):
    nonce = random(NONCE)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(content, about(person_id, what), nonce, key)


def unseal(sealed, key, person_id, what):
    return crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[NONCE:], about(person_id, what), sealed[:NONCE], key)


def about(person_id, what):
    return f"person {person_id} {what}".encode()


def index_of(address, master):
    return hashlib.blake2b(address.encode(), digest_size=32, key=master, person=b"fairlot-address").digest()
