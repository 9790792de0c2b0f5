"""The folder of one town, and its configuration read so that every mistake is named."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from deploy.config import Settings
from deploy.errors import ConfigError
from dialog.national import FILE_NAME as NATIONAL_FILE

FILE_NAME = "allomairie.toml"


class TownFolder:
    """The folder of one town: all that is backed up."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def config(self) -> Path:
        """allomairie.toml"""
        return self.root / FILE_NAME

    @property
    def sheets(self) -> Path:
        """The information sheets."""
        return self.root / "sheets"

    @property
    def national(self) -> Path:
        """The sheets of service-public.fr, with what the town decided about each."""
        return self.root / NATIONAL_FILE

    @property
    def phrasings(self) -> Path:
        """What callers say for each sheet, beside the sheets' own questions."""
        return self.root / "phrasings"

    @property
    def pronunciation(self) -> Path:
        """How the town's own words are said."""
        return self.root / "pronunciation.toml"

    @property
    def data(self) -> Path:
        """Database, index, speech cache; created when first needed."""
        folder = self.root / "data"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"{folder} cannot be created ({error.strerror}); "
                "give the folder to the user that runs allomairie"
            ) from error
        return folder

    def load(self) -> Settings:
        """Read and check the configuration.

        Raises:
            ConfigError: one sentence naming the file, the key and what is wrong with it.
        """
        try:
            content = tomllib.loads(self.config.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(
                f"{self.config} does not exist; make a town with `allomairie init {self.root}` "
                "or name another one with --town"
            ) from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{self.config} cannot be read: {error}") from error
        _refuse_secrets(content, self.config)
        try:
            return Settings(**content)
        except ValidationError as error:
            raise ConfigError(f"{self.config}: {_sentences(error)}") from error
        except SettingsError as error:
            raise ConfigError(f"an ALLOMAIRIE_… variable cannot be read: {error}") from error


def _refuse_secrets(content: dict[str, Any], path: Path) -> None:
    """Passwords are copied with the file, and shown with it: they stand elsewhere."""
    for name, section in _tables(content):
        if section.get("secret"):
            raise ConfigError(
                f"{path}: {name}.secret must not stand in the file; set "
                f"ALLOMAIRIE_{name.upper().replace('.', '__')}__SECRET or {name}.secret_file"
            )
    sip = content.get("sip")
    accounts = sip.get("accounts", ()) if isinstance(sip, dict) else ()
    named = [one for one in accounts if isinstance(one, dict) and "password" in one]
    if named or (isinstance(sip, dict) and "passwords" in sip):
        raise ConfigError(
            f"{path}: a password of sip.accounts must not stand in the file; set "
            "ALLOMAIRIE_SIP__PASSWORDS__<NAME> or its password_file"
        )


def _tables(content: dict[str, Any], within: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the file by its dotted name, also those within tables."""
    for key, value in content.items():
        if isinstance(value, dict):
            yield f"{within}{key}", value
            yield from _tables(value, f"{within}{key}.")


def _sentences(error: ValidationError) -> str:
    return "; ".join(_sentence(dict(one)) for one in error.errors())


def _sentence(one: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in one["loc"]) or "the file"
    if one["type"] == "extra_forbidden":
        return f"the key {key!r} does not exist; `allomairie config show` lists all keys"
    if one["type"] == "missing":
        return f"the key {key!r} is missing"
    return f"{key}: {one['msg'].removeprefix('Value error, ')}"
