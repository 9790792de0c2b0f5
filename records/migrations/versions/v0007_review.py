"""The supervisors' page: digests with full-text search, accounts, access log, annotations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
DIGEST_INDEXES = ("line", "outcome", "language", "service", "subject", "doubtful", "flagged")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _of_call() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE")


def upgrade() -> None:
    _digests()
    _accounts()
    _access_log()
    op.create_table(
        "annotations",
        _number("id"),
        _text("call_id"),
        sa.Column("turn", sa.Integer(), nullable=True),
        _moment("at"),
        _text("login"),
        _text("kind"),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        _of_call(),
    )
    op.create_index("ix_annotations_call_id", "annotations", ["call_id"])
    op.add_column("tickets", sa.Column("assigned_to", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_tickets_due_on", "tickets", ["due_on"])


def _digests() -> None:
    op.create_table(
        "call_digests",
        _number("id"),
        _text("call_id"),
        _moment("started_at"),
        *(_text(name) for name in ("line", "outcome", "language", "service", "subject")),
        _number("turns"),
        sa.Column("lowest", sa.Float(), nullable=True),
        _flag("doubtful"),
        _number("tickets"),
        _flag("flagged"),
        _text("words"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("call_id"),
        _of_call(),
    )
    op.create_index("ix_call_digests_started_at", "call_digests", ["started_at"])
    for name in (*DIGEST_INDEXES, "tickets"):
        op.create_index(f"ix_call_digests_{name}_started_at", "call_digests", [name, "started_at"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_search()
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ft_call_digests_words ON call_digests "
            "USING gin (to_tsvector('simple', words))"
        )


def _sqlite_search() -> None:
    """FTS5 on the digests' words; triggers keep it, also when a call is erased."""
    op.execute(
        "CREATE VIRTUAL TABLE ft_words USING fts5("
        "words, content='call_digests', content_rowid='id', tokenize='ascii', detail='none')"
    )
    add = "INSERT INTO ft_words(rowid, words) VALUES (new.id, new.words);"
    remove = "INSERT INTO ft_words(ft_words, rowid, words) VALUES ('delete', old.id, old.words);"
    for name, when, what in (
        ("insert", "AFTER INSERT", add),
        ("delete", "AFTER DELETE", remove),
        ("update", "AFTER UPDATE OF words", remove + add),
    ):
        op.execute(f"CREATE TRIGGER ft_words_{name} {when} ON call_digests BEGIN {what} END")


def _accounts() -> None:
    op.create_table(
        "accounts",
        _number("id"),
        _text("login"),
        _text("name"),
        sa.Column("roles", sa.JSON(), nullable=False),
        _text("password_hash"),
        _text("totp_secret"),
        _number("totp_step"),
        _flag("must_change"),
        _flag("disabled"),
        _number("failures"),
        _moment("locked_until", nullable=True),
        _moment("created_at"),
        _moment("last_login_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login"),
    )
    op.create_table(
        "review_sessions",
        _text("token_hash"),
        _number("account_id"),
        _text("csrf"),
        _moment("created_at"),
        _moment("seen_at"),
        sa.PrimaryKeyConstraint("token_hash"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_review_sessions_account_id", "review_sessions", ["account_id"])


def _access_log() -> None:
    op.create_table(
        "access_log",
        _number("id"),
        _moment("at"),
        *(_text(name) for name in ("login", "action", "call_id", "detail")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_access_log_at", "access_log", ["at"])
    op.create_index("ix_access_log_call_id", "access_log", ["call_id"])
    # Append-only by the database itself: nothing is changed, nothing younger than 6 months goes.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER access_log_kept BEFORE UPDATE ON access_log "
            "BEGIN SELECT RAISE(ABORT, 'the access log is only appended to'); END"
        )
        op.execute(
            "CREATE TRIGGER access_log_held BEFORE DELETE ON access_log "
            "WHEN julianday(old.at) > julianday('now', '-6 months') "
            "BEGIN SELECT RAISE(ABORT, 'the access log is kept for 6 months at least'); END"
        )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION access_log_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF TG_OP = 'DELETE' AND old.at <= now() - interval '6 months' THEN RETURN old; END IF;"
            " RAISE EXCEPTION 'the access log is only appended to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER access_log_kept BEFORE UPDATE OR DELETE ON access_log "
            "FOR EACH ROW EXECUTE FUNCTION access_log_kept()"
        )
