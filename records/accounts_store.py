"""Accounts as `Records.review.accounts` shows them. Blocking and thread-safe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from records import access_log, accounts
from records.accounts import Account, Browser

Opens = Callable[[], AbstractContextManager[Session]]


class AccountStore:
    """What a method wrote is committed when it returns; changes are in the access log."""

    def __init__(self, writing: Opens, reading: Opens, now: Callable[[], datetime]) -> None:
        self._writing = writing
        self._reading = reading
        self._now = now

    def add(
        self,
        *,
        login: str,
        name: str,
        roles: Sequence[str],
        password_hash: str,
        totp_secret: str,
        by: str,
    ) -> Account:
        """Write a new account.

        Raises:
            ValueError: the login is not one; in French.
            AccountExists: another account has it.
        """
        with self._writing() as session:
            made = accounts.add(
                session,
                login=login,
                name=name,
                roles=roles,
                password_hash=password_hash,
                totp_secret=totp_secret,
                now=self._now(),
            )
            self._log(session, by, "account_added", f"{made.login}: {' '.join(roles)}")
            return made

    def find(self, login: str) -> Account | None:
        """The account with this login, or None."""
        with self._reading() as session:
            return accounts.find(session, login)

    def every(self) -> tuple[Account, ...]:
        """All accounts by login."""
        with self._reading() as session:
            return accounts.every(session)

    def change(
        self,
        login: str,
        *,
        by: str,
        password_hash: str | None = None,
        totp_secret: str | None = None,
        must_change: bool | None = None,
        disabled: bool | None = None,
        roles: Sequence[str] | None = None,
        keep: str = "",
    ) -> Account:
        """Change what is given and log out every browser of the account but `keep`.

        Raises:
            UnknownRecord: there is no such account.
        """
        given = {
            "password": password_hash,
            "totp": totp_secret,
            "disabled": disabled,
            "roles": roles,
        }
        what = " ".join(name for name, value in given.items() if value is not None)
        with self._writing() as session:
            changed = accounts.change(
                session,
                login,
                password_hash=password_hash,
                totp_secret=totp_secret,
                must_change=must_change,
                disabled=disabled,
                roles=roles,
                keep=keep,
            )
            self._log(session, by, "account_changed", f"{changed.login}: {what}")
            return changed

    def failed(self, login: str) -> Account:
        """Count a failed login of an account that exists."""
        with self._writing() as session:
            account = accounts.failed(session, login, self._now())
            self._log(session, account.login, "login_failed", "")
            return account

    def log_in(self, login: str, totp_step: int) -> str | None:
        """The token of a new session; None when the code was used already."""
        now = self._now()
        with self._writing() as session:
            accounts.forget_old(session, now)
            token = accounts.log_in(session, login, totp_step, now)
            if token is not None:
                self._log(session, login, "login", "")
            return token

    def browser(self, token: str, idle: timedelta) -> Browser | None:
        """Whose browser has this token; being seen keeps it from being idle."""
        now = self._now()
        with self._reading() as session:
            found = accounts.browser(session, token, idle, now)
            last = accounts.last_seen(session, found.token_hash) if found else None
        if found is not None and last is not None and now - last >= accounts.SEEN_EVERY:
            with self._writing() as session:
                accounts.seen(session, found.token_hash, now)
        return found

    def log_out(self, browser: Browser) -> None:
        """Forget a browser."""
        with self._writing() as session:
            accounts.log_out(session, browser.token_hash)
            self._log(session, browser.account.login, "logout", "")

    def _log(self, session: Session, login: str, action: str, detail: str) -> None:
        access_log.add(
            session, login=login, action=action, call_id="", detail=detail, now=self._now()
        )
