"""Answers to a digest challenge (RFC 3261, 22.4; SHA-256 by RFC 8760)."""

from __future__ import annotations

import hashlib
import re
import secrets

_FIELD = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


class NoAnswer(ValueError):
    """The challenge cannot be answered; one French sentence says why."""


def fields(challenge: str) -> dict[str, str]:
    """A challenge's parameters, names in lower case."""
    return {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(challenge)}


def strength(challenge: str) -> int:
    """Which of several challenges to answer: the strongest that is known, -1 for none."""
    asked = fields(challenge).get("algorithm", "MD5").upper()
    return list(_HASHES).index(asked) if asked in _HASHES else -1


def answer(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The value of an Authorization header.

    Raises:
        NoAnswer: no digest, or an algorithm that is not known.
    """
    if not challenge.lower().startswith("digest"):
        raise NoAnswer("le serveur demande une authentification autre que « digest »")
    asked = fields(challenge)
    algorithm = asked.get("algorithm", "MD5").upper()
    if algorithm not in _HASHES:
        raise NoAnswer(f"le serveur demande l'algorithme {algorithm}, inconnu ici")

    def digest(*parts: str) -> str:
        return _HASHES[algorithm](":".join(parts).encode()).hexdigest()

    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    first, second = digest(user, realm, password), digest(method, uri)
    said = [
        f'username="{user}"',
        f'realm="{realm}"',
        f'nonce="{nonce}"',
        f'uri="{uri}"',
        f"algorithm={algorithm}",
    ]
    if "auth" in re.split(r"[\s,]+", asked.get("qop", "")):
        own = secrets.token_hex(8)
        response = digest(first, nonce, "00000001", own, "auth", second)
        said += ["qop=auth", "nc=00000001", f'cnonce="{own}"']
    else:
        response = digest(first, nonce, second)
    if "opaque" in asked:
        said.append(f'opaque="{asked["opaque"]}"')
    return f'Digest {", ".join(said)}, response="{response}"'
