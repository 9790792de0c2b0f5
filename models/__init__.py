"""Provides weights: what exists, what this machine should use, download, verification."""

from models.catalogue import Catalogue, Model, ModelFile, Source, load_catalogue
from models.errors import (
    Busy,
    HashMismatch,
    ModelCorrupt,
    ModelError,
    ModelMissing,
    NoSource,
    NoSpace,
    Truncated,
    UnknownModel,
)
from models.hardware import Hardware, detect_hardware
from models.listing import Row, rows
from models.profiles import Need, Profile, choose_profile, profile_named
from models.progress import Progress, Silent
from models.pull import Pulled, pull, pull_profile
from models.store import State, Store, default_root

__all__ = [
    "Busy",
    "Catalogue",
    "Hardware",
    "HashMismatch",
    "Model",
    "ModelCorrupt",
    "ModelError",
    "ModelFile",
    "ModelMissing",
    "Need",
    "NoSource",
    "NoSpace",
    "Profile",
    "Progress",
    "Pulled",
    "Row",
    "Silent",
    "Source",
    "State",
    "Store",
    "Truncated",
    "UnknownModel",
    "choose_profile",
    "default_root",
    "detect_hardware",
    "load_catalogue",
    "profile_named",
    "pull",
    "pull_profile",
    "rows",
]
