"""The certificate that the server shows over TLS, and whom it trusts: checked before the start."""

from __future__ import annotations

import os
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path


class TlsError(Exception):
    """A file is missing or wrong; one sentence."""


@dataclass(frozen=True)
class TlsFiles:
    """PEM files of one server."""

    certificate: Path | None = None  #: the chain, its own first; may hold the key; None: no server
    key: Path | None = None  #: None: the key stands in `certificate`
    authorities: Path | None = None  #: who signed the peers' certificates; None: the system's

    def check(self) -> None:
        """Read every file as the stack will.

        Raises:
            TlsError: one sentence naming the file.
        """
        for path in (self.certificate, self.key, self.authorities):
            if path is not None:
                _readable(path)
        if self.certificate is not None:
            _check_chain(self.certificate, self.key)
        self.client_context()

    def client_context(self) -> ssl.SSLContext:
        """How peers' certificates are checked when this side connects.

        Raises:
            TlsError: the authorities cannot be read.
        """
        try:
            context = ssl.create_default_context(cafile=self.authorities)
        except (OSError, ssl.SSLError) as error:
            raise TlsError(f"{self.authorities} holds no PEM certificate") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def joined(self) -> Path | None:
        """Certificate and key in one private file, as the stack wants it; whoever asks removes it.

        Raises:
            TlsError: a file cannot be read.
        """
        if self.certificate is None:
            return None
        texts = [_readable(path) for path in (self.certificate, self.key) if path is not None]
        handle, name = tempfile.mkstemp(prefix="allomairie-", suffix=".pem")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:  # mkstemp makes it 0600
            stream.write("\n".join(texts))
        return Path(name)


def _check_chain(certificate: Path, key: Path | None) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    where = key or certificate
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except _Encrypted:
        raise TlsError(f"{where}: the key is encrypted; give it without a password") from None
    except ssl.SSLError as error:
        raise TlsError(
            f"{certificate} and {where} do not hold a PEM certificate and its key "
            f"({error.reason or error})"
        ) from error


class _Encrypted(Exception):
    pass


def _no_password() -> str:
    raise _Encrypted


def _readable(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise TlsError(f"{path} cannot be read: {reason}") from error
