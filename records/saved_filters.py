"""Filters of the list of calls that supervisors keep, within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from records.errors import UnknownRecord
from records.masking import mask
from records.plain import plain_text
from records.review_tables import AccountRow, SavedFilterRow

MOST = 50  #: of one account
LONGEST_NAME = 60  #: characters


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    """A name for what the list is narrowed to."""

    id: int
    name: str
    shared: bool  #: whether all accounts see it
    wanted: Mapping[str, str]  #: as the page's address has it
    owner: str  #: login
    created_at: datetime


def save(
    session: Session,
    login: str,
    name: str,
    wanted: Mapping[str, str],
    shared: bool,
    now: datetime,
) -> SavedFilter:
    """Keep a filter; one of the same account with the same name is replaced.

    Raises:
        ValueError: the name is empty or too long, or there are too many; in French.
    """
    kept = mask(plain_text(name).strip())[0]
    if not kept:
        raise ValueError("donnez un nom à ce filtre")
    if len(kept) > LONGEST_NAME:
        raise ValueError(f"le nom dépasse {LONGEST_NAME} caractères")
    account = _account(session, login)
    own = select(SavedFilterRow).where(SavedFilterRow.account_id == account.id)
    row = session.scalars(own.where(SavedFilterRow.name == kept)).first()
    if row is None:
        count = session.scalar(select(func.count()).select_from(own.subquery())) or 0
        if count >= MOST:
            raise ValueError(f"vous avez déjà {MOST} filtres : supprimez-en un")
        row = SavedFilterRow(account_id=account.id, name=kept, created_at=now)
        session.add(row)
    row.wanted, row.shared = dict(wanted), shared
    session.flush()
    return _snapshot(row, account.login)


def seen_by(session: Session, login: str) -> tuple[SavedFilter, ...]:
    """The account's own, then those that others share, by name."""
    rows = session.execute(
        select(SavedFilterRow, AccountRow.login)
        .join(AccountRow, AccountRow.id == SavedFilterRow.account_id)
        .where(or_(AccountRow.login == login, SavedFilterRow.shared.is_(True)))
    ).all()
    found = (_snapshot(row, owner) for row, owner in rows)
    return tuple(sorted(found, key=lambda one: (one.owner != login, one.name.casefold(), one.id)))


def delete(session: Session, login: str, number: int) -> None:
    """Forget a filter of one's own.

    Raises:
        UnknownRecord: there is none with this number, or it is somebody else's.
    """
    row = session.get(SavedFilterRow, number)
    if row is None or row.account_id != _account(session, login).id:
        raise UnknownRecord(f"the account {login!r} has no filter {number}")
    session.delete(row)


def _account(session: Session, login: str) -> AccountRow:
    row = session.scalars(select(AccountRow).where(AccountRow.login == login)).first()
    if row is None:
        raise UnknownRecord(f"there is no account {login!r}")
    return row


def _snapshot(row: SavedFilterRow, owner: str) -> SavedFilter:
    return SavedFilter(
        id=row.id,
        name=row.name,
        shared=row.shared,
        wanted=dict(row.wanted),
        owner=owner,
        created_at=row.created_at,
    )


class FilterStore:
    """What a method wrote is committed when it returns. Blocking and thread-safe."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Session]],
        reading: Callable[[], AbstractContextManager[Session]],
        now: Callable[[], datetime],
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now

    def save(self, login: str, name: str, wanted: Mapping[str, str], shared: bool) -> SavedFilter:
        """See `save` above."""
        with self._writing() as session:
            return save(session, login, name, wanted, shared, self._now())

    def seen_by(self, login: str) -> tuple[SavedFilter, ...]:
        """See `seen_by` above."""
        with self._reading() as session:
            return seen_by(session, login)

    def delete(self, login: str, number: int) -> None:
        """See `delete` above."""
        with self._writing() as session:
            delete(session, login, number)
