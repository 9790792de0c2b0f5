"""Accounts of the supervisors' page and the browsers that are logged in, within one transaction.

Passwords come hashed and session tokens are hashed here: neither is ever in the database.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from records.errors import RecordsError, UnknownRecord
from records.plain import plain_text
from records.review_tables import AccountRow, SessionRow

MOST_FAILURES = 5  #: wrong passwords or codes in a row, then the account is locked
LOCKED_FOR = timedelta(minutes=15)
SEEN_EVERY = timedelta(seconds=60)  #: so often the last sight of a browser is written
LONGEST_SESSION = timedelta(hours=12)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class AccountExists(RecordsError):
    """Another account has this login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person; `roles` are words that `review.rights` knows."""

    id: int
    login: str
    name: str
    roles: tuple[str, ...]
    password_hash: str
    totp_secret: str
    totp_step: int  #: of the last code that was taken: a code is good once
    must_change: bool
    disabled: bool
    failures: int
    locked_until: datetime | None
    created_at: datetime
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A browser that is logged in."""

    account: Account
    csrf: str
    token_hash: str


def check_login(login: str) -> str:
    """The login in lower case.

    Raises:
        ValueError: one sentence in French.
    """
    wanted = login.strip().lower()
    if not _LOGIN.fullmatch(wanted):
        raise ValueError(
            "un identifiant a 2 à 40 lettres sans accent, chiffres, points ou tirets : m.dupont"
        )
    return wanted


def add(
    session: Session,
    *,
    login: str,
    name: str,
    roles: Sequence[str],
    password_hash: str,
    totp_secret: str,
    now: datetime,
) -> Account:
    """Write a new account, whose password must be changed at the first login."""
    wanted = check_login(login)
    if _row(session, wanted) is not None:
        raise AccountExists(f"the account {wanted!r} exists already")
    row = AccountRow(
        login=wanted,
        name=plain_text(name).strip()[:80] or wanted,
        roles=list(roles),
        password_hash=password_hash,
        totp_secret=totp_secret,
        totp_step=0,
        must_change=True,
        disabled=False,
        failures=0,
        locked_until=None,
        created_at=now,
        last_login_at=None,
    )
    session.add(row)
    session.flush()
    return snapshot(row)


def _row(session: Session, login: str) -> AccountRow | None:
    return session.scalars(select(AccountRow).where(AccountRow.login == login)).first()


def find_row(session: Session, login: str) -> AccountRow:
    """The account with this login.

    Raises:
        UnknownRecord: there is none.
    """
    row = _row(session, login.strip().lower())
    if row is None:
        raise UnknownRecord(f"there is no account {login!r}")
    return row


def find(session: Session, login: str) -> Account | None:
    """The account with this login, or None."""
    row = _row(session, login.strip().lower())
    return snapshot(row) if row else None


def every(session: Session) -> tuple[Account, ...]:
    """All accounts by login."""
    return tuple(
        snapshot(r) for r in session.scalars(select(AccountRow).order_by(AccountRow.login))
    )


def failed(session: Session, login: str, now: datetime) -> Account:
    """Count a wrong password or code; the fifth in a row locks the account."""
    row = find_row(session, login)
    row.failures += 1
    if row.failures >= MOST_FAILURES:
        row.failures, row.locked_until = 0, now + LOCKED_FOR
    session.flush()
    return snapshot(row)


def log_in(session: Session, login: str, totp_step: int, now: datetime) -> str | None:
    """Open a session and return its token; None when this code was used already."""
    row = find_row(session, login)
    if totp_step <= row.totp_step:
        return None
    row.totp_step, row.failures, row.locked_until, row.last_login_at = totp_step, 0, None, now
    return _open(session, row.id, now)


def _open(session: Session, account_id: int, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_hash=hashed(token),
            account_id=account_id,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
        )
    )
    session.flush()
    return token


def hashed(token: str) -> str:
    """What the database keeps of a token of 256 random bits: no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def browser(session: Session, token: str, idle: timedelta, now: datetime) -> Browser | None:
    """Whose browser has this token; None when nobody's, or idle for too long, or disabled."""
    row = session.get(SessionRow, hashed(token))
    if row is None or now - row.seen_at > idle or now - row.created_at > LONGEST_SESSION:
        return None
    account = session.get(AccountRow, row.account_id)
    if account is None or account.disabled:
        return None
    return Browser(account=snapshot(account), csrf=row.csrf, token_hash=row.token_hash)


def seen(session: Session, token_hash: str, now: datetime) -> None:
    """Note that a browser is used."""
    row = session.get(SessionRow, token_hash)
    if row is not None:
        row.seen_at = now


def last_seen(session: Session, token_hash: str) -> datetime | None:
    """When a browser was last noted to be used."""
    row = session.get(SessionRow, token_hash)
    return row.seen_at if row else None


def log_out(session: Session, token_hash: str) -> None:
    """Forget a browser."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def forget_old(session: Session, now: datetime) -> None:
    """Forget browsers that can no longer be used."""
    session.execute(delete(SessionRow).where(SessionRow.created_at < now - LONGEST_SESSION))


def change(
    session: Session,
    login: str,
    *,
    password_hash: str | None = None,
    totp_secret: str | None = None,
    must_change: bool | None = None,
    disabled: bool | None = None,
    roles: Sequence[str] | None = None,
    keep: str = "",
) -> Account:
    """Change what is given; every browser of the account is logged out but `keep`."""
    row = find_row(session, login)
    if password_hash is not None:
        row.password_hash = password_hash
    if totp_secret is not None:
        row.totp_secret, row.totp_step = totp_secret, 0
    if must_change is not None:
        row.must_change = must_change
    if disabled is not None:
        row.disabled = disabled
    if roles is not None:
        row.roles = list(roles)
    row.failures, row.locked_until = 0, None
    of_account = SessionRow.account_id == row.id
    session.execute(delete(SessionRow).where(of_account, SessionRow.token_hash != keep))
    session.flush()
    return snapshot(row)


def snapshot(row: AccountRow) -> Account:
    """The account as it is now."""
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=tuple(row.roles),
        password_hash=row.password_hash,
        totp_secret=row.totp_secret,
        totp_step=row.totp_step,
        must_change=row.must_change,
        disabled=row.disabled,
        failures=row.failures,
        locked_until=row.locked_until,
        created_at=row.created_at,
        last_login_at=row.last_login_at,
    )
