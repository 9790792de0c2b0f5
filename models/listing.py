"""What there is to say about each model, for `allomairie models list`."""

from __future__ import annotations

from dataclasses import dataclass

from models.profiles import Profile
from models.store import State, Store


@dataclass(frozen=True)
class Row:
    """One model as a person wants to see it; `wanted` says that the profile asks for it."""

    id: str
    title: str
    purpose: str
    engine: str
    languages: str
    licence: str
    size_bytes: int
    state: State
    wanted: bool


def rows(store: Store, profile: Profile) -> list[Row]:
    """All models of the catalogue with their state, in the catalogue's order."""
    wanted = {model_id for need in profile.needs for model_id in need.alternatives}
    return [
        Row(
            id=model.id,
            title=model.title,
            purpose=model.purpose,
            engine=model.engine,
            languages=", ".join(model.languages),
            licence=model.licence,
            size_bytes=model.size_bytes,
            state=store.state(model.id),
            wanted=model.id in wanted,
        )
        for model in store.catalogue.values()
    ]
