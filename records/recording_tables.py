"""The table of the sound of calls; the sound itself is in encrypted files (`records.vault`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from records.tables import Base


class RecordingRow(Base):
    """One recorded call. Erased, only its times stay, and that its key is gone: the proof."""

    __tablename__ = "recordings"
    __table_args__ = (
        CheckConstraint("deleted_at IS NULL OR sealed_key = ''", name="no_key_left"),
        Index(None, "call_id"),
        Index(None, "started_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    seconds: Mapped[float | None]
    size: Mapped[int]
    marks: Mapped[Any]
    mode: Mapped[str]
    key_id: Mapped[str]
    sealed_key: Mapped[str]
    deleted_at: Mapped[datetime | None]
    deleted_reason: Mapped[str]
