"""The tables of the supervisors' page; what calls write is in `tables`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.tables import Base


class DigestRow(Base):
    """What the list of calls shows, filters and searches; made from the call, never a second truth.

    The columns of the call are repeated so that one index answers a filter in the list's order.
    """

    __tablename__ = "call_digests"
    __table_args__ = (
        UniqueConstraint("call_id"),
        Index(None, "started_at"),
        Index(None, "line", "started_at"),
        Index(None, "outcome", "started_at"),
        Index(None, "language", "started_at"),
        Index(None, "service", "started_at"),
        Index(None, "subject", "started_at"),
        Index(None, "doubtful", "started_at"),
        Index(None, "flagged", "started_at"),
        Index(None, "tickets", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    line: Mapped[str]
    outcome: Mapped[str]
    language: Mapped[str]
    service: Mapped[str]
    subject: Mapped[str]
    turns: Mapped[int]
    lowest: Mapped[float | None]
    doubtful: Mapped[bool]
    tickets: Mapped[int]
    flagged: Mapped[bool]
    words: Mapped[str]


class AccountRow(Base):
    """Somebody who may open the supervisors' page."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("login"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str]
    name: Mapped[str]
    roles: Mapped[Any]
    password_hash: Mapped[str]
    totp_secret: Mapped[str]
    totp_step: Mapped[int]
    must_change: Mapped[bool]
    disabled: Mapped[bool]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


class SessionRow(Base):
    """A browser that is logged in; the token itself is only in its cookie."""

    __tablename__ = "review_sessions"
    __table_args__ = (Index(None, "account_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class AccessRow(Base):
    """Who read or did what; appended, never changed, without numbers or words (R25).

    No foreign key: the line stays when the call and the account are gone.
    """

    __tablename__ = "access_log"
    __table_args__ = (Index(None, "at"), Index(None, "call_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    login: Mapped[str]
    action: Mapped[str]
    call_id: Mapped[str]
    detail: Mapped[str]


class AnnotationRow(Base):
    """What a supervisor says of a call or a turn; appended, the last of a kind holds."""

    __tablename__ = "annotations"
    __table_args__ = (Index(None, "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    turn: Mapped[int | None]
    at: Mapped[datetime]
    login: Mapped[str]
    kind: Mapped[str]
    data: Mapped[Any]
