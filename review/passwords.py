"""Passwords (argon2id, RFC 9106) and one-time codes (TOTP, RFC 6238).

Lengths are the CNIL's (deliberation 2022-100): 12 characters of four classes, or 14 without signs.
"""

from __future__ import annotations

import secrets
import string
import threading
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

LONGEST = 200  #: characters; more is no password, and costs time
STEP_S = 30  #: of a code
_HASHER = PasswordHasher()  # RFC 9106, low-memory profile: 64 MiB, 3 passes
# Two at once on a small machine: each takes 64 MiB, and calls need the cores.
_AT_ONCE = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash("personne")


def hash_password(password: str) -> str:
    """The argon2id hash; a tenth of a second of one core."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; takes as long for an account that does not exist (None)."""
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
        except (Argon2Error, InvalidHashError):
            return False


def generate() -> str:
    """Four groups of five letters and digits that are not mistaken for each other: 99 bits."""
    letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def weakness(password: str, login: str, name: str) -> str:
    """What is wrong with a new password, one sentence in French; empty when it is good."""
    if len(password) > LONGEST:
        return f"Le mot de passe dépasse {LONGEST} caractères."
    classes = (
        any(c.islower() for c in password),
        any(c.isupper() for c in password),
        any(c.isdigit() for c in password),
        any(not c.isalnum() for c in password),
    )
    enough = len(password) >= 12 and all(classes)
    if not enough and not (len(password) >= 14 and sum(classes) >= 3):
        return (
            "Il faut 12 caractères avec minuscules, majuscules, chiffres et signes, "
            "ou 14 caractères avec trois de ces sortes. Par exemple une phrase : "
            "« Le-marché-ouvre-à-8h »."
        )
    lowered = password.lower()
    own = [part for part in (login, *name.lower().split()) if len(part) > 3]
    if any(part in lowered for part in own) or "mairie" in lowered:
        return "Le mot de passe ne doit pas contenir votre nom, votre identifiant ni « mairie »."
    if len(set(password)) < 6:
        return "Le mot de passe répète trop les mêmes caractères."
    return ""


def new_secret() -> str:
    """A secret for one-time codes: 160 random bits in base 32."""
    return pyotp.random_base32()


def enrolment(secret: str, login: str, town: str) -> str:
    """The otpauth:// address that authenticator programs read."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"Allô Mairie {town}")


def code_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step of a right code, one step early or late allowed; None for a wrong one."""
    digits = "".join(c for c in code if c in string.digits)
    if len(digits) != 6:
        return None
    totp = pyotp.TOTP(secret, interval=STEP_S)
    now = int(at.timestamp()) // STEP_S
    for step in (now, now - 1, now + 1):
        if secrets.compare_digest(totp.generate_otp(step), digits):
            return step
    return None
