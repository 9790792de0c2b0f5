"""Sound at rest: AES-256-GCM in pieces, one data key a file, sealed by the town's key.

    file    MAGIC, then pieces: length (4 bytes, big endian), ciphertext with its tag
    piece   nonce = its number; bound to the file's name and to whether it is the last one
    data key   32 random bytes, sealed by the town's key, kept in the database

A file without its data key is noise: erasing the key erases the sound, wherever copies of the file
are. A file that ends early plays up to its last whole piece. Nothing is ever decrypted to disk.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import struct
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from records.errors import RecordsError

MAGIC = b"AMSOUND1"
KEY_BYTES = 32
NONCE_BYTES = 12
LONGEST_PIECE = 1 << 20  #: bytes; a longer one is no piece of ours
_LENGTH = struct.Struct(">I")


class VaultError(RecordsError):
    """The sound cannot be kept or read; one sentence that names the remedy."""


@dataclass(frozen=True)
class TownKey:
    """Seals the data keys of one town. Its `id` names it without telling anything of it."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise VaultError(f"a key of recordings has {KEY_BYTES} bytes, not {len(self.secret)}")

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits."""
        return hashlib.sha256(b"allomairie recordings " + self.secret).hexdigest()[:16]

    @classmethod
    def load(cls, path: Path) -> TownKey:
        """Read a key.

        Raises:
            VaultError: the file is missing, unreadable, open to others or no key.
        """
        try:
            mode = path.stat().st_mode
            secret = path.read_bytes()
        except OSError as error:
            raise VaultError(
                f"the key of the recordings {path} cannot be read ({error.strerror}): restore it "
                "from your safe; without it no recording can be heard"
            ) from error
        if mode & 0o077:
            raise VaultError(f"others can read the key of the recordings: chmod 600 {path}")
        return cls(secret)

    @classmethod
    def load_or_make(cls, path: Path) -> TownKey:
        """The same; the first time a key is made, readable by its owner only."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                with os.fdopen(handle, "wb") as stream:
                    stream.write(secrets.token_bytes(KEY_BYTES))
                    stream.flush()
                    os.fsync(stream.fileno())
        except OSError as error:
            raise VaultError(
                f"the key of the recordings {path} cannot be written ({error.strerror})"
            ) from error
        return cls.load(path)

    def seal(self, data_key: bytes, name: str) -> str:
        """A data key that only this key opens, for the file of this name."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.secret).encrypt(nonce, data_key, name.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, name: str) -> bytes:
        """The data key.

        Raises:
            VaultError: another key sealed it, or for another file.
        """
        raw = base64.b64decode(sealed)
        try:
            return AESGCM(self.secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            raise VaultError(
                "this recording was encrypted with another key: put the key of that time back"
            ) from None


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE_BYTES, "big")  # the data key is this file's alone


def _bound(name: str, *, last: bool) -> bytes:
    return name.encode() + (b"\x01" if last else b"\x00")


class SealedFile:
    """A file being written, piece by piece; what was appended survives a killed program."""

    def __init__(self, path: Path, data_key: bytes) -> None:
        self._name = path.stem
        self._cipher = AESGCM(data_key)
        self._pieces = 0
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._stream = os.fdopen(handle, "wb", buffering=0)
        self._stream.write(MAGIC)
        self.size = len(MAGIC)

    def append(self, piece: bytes, *, last: bool = False) -> None:
        """Encrypt and write one piece, of `LONGEST_PIECE` bytes at most with its tag."""
        bound = _bound(self._name, last=last)
        sealed = self._cipher.encrypt(_nonce(self._pieces), piece, bound)
        whole = _LENGTH.pack(len(sealed)) + sealed
        self._stream.write(whole)
        self._pieces += 1
        self.size += len(whole)

    def close(self, *, whole: bool) -> None:
        """Close; `whole` marks the end, so that a shortened copy is known as one."""
        if self._stream.closed:
            return
        try:
            if whole:
                self.append(b"", last=True)
                os.fsync(self._stream.fileno())
        finally:
            self._stream.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in a file."""

    data: bytes = field(repr=False)
    whole: bool  #: False: it ends early, and `data` is what there is


def read(path: Path, data_key: bytes) -> Opened:
    """Decrypt a file into memory.

    Raises:
        VaultError: it is missing, was changed, or the key is another one's.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise VaultError(f"the recording {path.name} cannot be read ({error.strerror})") from error
    if not raw.startswith(MAGIC):
        raise VaultError(f"{path.name} is no recording")
    cipher, at = AESGCM(data_key), len(MAGIC)
    pieces: list[bytes] = []
    while at + _LENGTH.size <= len(raw):
        (length,) = _LENGTH.unpack_from(raw, at)
        at += _LENGTH.size
        if length > LONGEST_PIECE:
            raise VaultError(f"the recording {path.name} was changed")
        if at + length > len(raw):
            break  # the program was killed within this piece
        sealed = raw[at : at + length]
        at += length
        for last in (False, True):
            with contextlib.suppress(InvalidTag):
                bound = _bound(path.stem, last=last)
                pieces.append(cipher.decrypt(_nonce(len(pieces)), sealed, bound))
                break
        else:
            raise VaultError(f"the recording {path.name} was changed, or the key is wrong")
        if last:
            if at != len(raw):
                raise VaultError(f"the recording {path.name} was changed")
            return Opened(b"".join(pieces), True)
    return Opened(b"".join(pieces), False)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A data key, itself sealed, and which key sealed it."""

    data_key: bytes = field(repr=False)
    sealed: str = field(repr=False)
    key_id: str


class Vault:
    """The folder of the encrypted files, and the key; knows nothing of calls.

    Args:
        key: None where the town records nothing and never did.
    """

    def __init__(self, folder: Path, key: TownKey | None) -> None:
        self._folder = folder
        self.key = key

    def path(self, name: str) -> Path:
        """Where the file of this name is."""
        return self._folder / f"{name}.sound"

    def new_key(self, name: str) -> NewKey:
        """A data key for a file that does not exist yet.

        Raises:
            VaultError: there is no key of the town.
        """
        key = self._must_have_key()
        data_key = secrets.token_bytes(KEY_BYTES)
        return NewKey(data_key, key.seal(data_key, name), key.id)

    def create(self, name: str, key: NewKey) -> SealedFile:
        """A new file.

        Raises:
            VaultError: it cannot be made.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return SealedFile(self.path(name), key.data_key)
        except OSError as error:
            raise VaultError(f"no recording can be written: {error.strerror}") from error

    def open(self, name: str, sealed_key: str) -> Opened:
        """Decrypt into memory.

        Raises:
            VaultError: see `read` and `TownKey.open`.
        """
        return read(self.path(name), self._must_have_key().open(sealed_key, name))

    def remove(self, name: str) -> None:
        """Delete a file; one that is not there is not an error.

        Raises:
            VaultError: it cannot be deleted; without its key it is noise already.
        """
        try:
            self.path(name).unlink(missing_ok=True)
        except OSError as error:
            raise VaultError(
                f"the recording {self.path(name)} cannot be deleted ({error.strerror}); "
                "its key is gone, delete the file by hand"
            ) from error

    def names(self) -> set[str]:
        """The files that are there."""
        return {path.stem for path in self._folder.glob("*.sound")}

    def _must_have_key(self) -> TownKey:
        if self.key is None:
            raise VaultError("there is no key of recordings here: nothing was ever recorded")
        return self.key
