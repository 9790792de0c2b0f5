"""The tables of the supervisors' page; what calls write is in `tables`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from records.tables import Base, words_of


class SuggestionKind(StrEnum):
    """What a resident tells of."""

    QUESTION = "question"  #: something that the assistant should be able to answer
    WRONG = "wrong"  #: an answer of it that was not right


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


class SuggestionRow(Base):
    """What a resident wrote on the public form; nobody knows who."""

    __tablename__ = "suggestions"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[SuggestionKind] = mapped_column(words_of(SuggestionKind, "kind"))
    text: Mapped[str]
    answer: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str]


class HoldRow(Base):
    """A call that is kept although its time is over; `lifted_at` says that somebody ended it."""

    __tablename__ = "legal_holds"
    __table_args__ = (Index(None, "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    reason: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[datetime]
    until: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str]
    lifted_reason: Mapped[str]


class SavedFilterRow(Base):
    """A filter of the list of calls that an account keeps under a name."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str]
    shared: Mapped[bool]
    wanted: Mapped[Any]
    created_at: Mapped[datetime]


class MonthRow(Base):
    """The counts of a month that is over, small ones hidden: they outlive the calls."""

    __tablename__ = "monthly_reports"

    month: Mapped[str] = mapped_column(primary_key=True)
    figures: Mapped[Any]
    made_at: Mapped[datetime]
