"""Certificates for peers on loopback."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ca.pem signs server.pem for 127.0.0.1; other.pem signs nothing here."""
    folder = tmp_path_factory.mktemp("tls")
    for name in ("ca", "other"):
        files = ("-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem")
        openssl("req", "-x509", *KEY, *files, "-days", "2", "-subj", f"/CN={name}")
    request = ("-keyout", f"{folder}/server.key", "-out", f"{folder}/server.csr")
    openssl("req", *KEY, *request, "-subj", "/CN=127.0.0.1")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    signed = ("-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key", "-CAcreateserial")
    openssl(
        *("x509", "-req", "-in", f"{folder}/server.csr", *signed, "-days", "2"),
        *("-extfile", f"{folder}/names", "-out", f"{folder}/server.pem"),
    )
    return folder
