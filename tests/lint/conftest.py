"""A town of a few sheets, written by the test itself."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from dialog.lint import Finding, Folder, lint
from dialog.town import Town
from voice.speakable import speakable

TODAY = date(2026, 11, 25)
CONFIG = """\
[town]
name = "Valmont"
greeting_name = "mairie de Valmont"
phone = "02 61 91 50 00"
address = "2 place du Lavoir"
deaf_access = "le relais téléphonique du site valmont.example"
default_service = "accueil"

[[town.services]]
id = "accueil"
name = "l'accueil"
names = ["accueil"]
phone = "02 61 91 50 00"
[town.services.hours]
lundi = "9h-12h"

[[town.services]]
id = "astreinte"
name = "l'astreinte"
names = ["astreinte"]
phone = "02 61 91 50 90"
extension = "190"
duty = true
[town.services.hours]
lundi = "0h-23h59"
"""
HEAD = """\
---
id: {id}
title: {title}
service: {service}
status: {status}
owner: Accueil
source: Mairie
valid_until: {until}
{more}questions:
{questions}
---
"""
REQUIRED = {
    "astreinte": ("numéro d'astreinte", "L'astreinte répond au 02 61 91 50 90."),
    "eau": ("il y a une fuite d'eau", "La régie de l'eau répond au 02 61 91 50 50."),
    "route": ("un danger sur la route", "Appelez l'accueil."),
    "chien": ("mon chien est perdu", "Appelez l'accueil."),
    "deces": ("déclarer un décès", "Venez à l'accueil."),
    "lampadaire": ("un lampadaire est en panne", "Appelez l'accueil."),
}


class Place:
    """A town's folder that a test fills."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "sheets").mkdir()
        (root / "allomairie.toml").write_text(CONFIG, encoding="utf-8")
        for name, (question, text) in REQUIRED.items():
            self.sheet(name, text, questions=[question, f"{name} renseignement", f"{name} bonjour"])

    def sheet(
        self,
        name: str,
        body: str,
        *,
        questions: list[str] | None = None,
        service: str = "accueil",
        status: str = "validée",
        until: str = "2027-12-31",
        more: str = "",
    ) -> None:
        """Write a sheet; its body starts on line 14 when it has three questions and no `more`."""
        asked = questions or [f"{name} un", f"{name} deux", f"{name} trois"]
        head = HEAD.format(
            id=name,
            title=name.capitalize(),
            service=service,
            status=status,
            until=until,
            more=more,
            questions="\n".join(f"  - {question}" for question in asked),
        )
        (self.root / "sheets" / f"{name}.md").write_text(head + body + "\n", encoding="utf-8")

    def config(self, old: str, new: str) -> None:
        """Change the configuration."""
        path = self.root / "allomairie.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def lint(self, today: date = TODAY, sigles: frozenset[str] = frozenset()) -> list[Finding]:
        """All findings."""
        with (self.root / "allomairie.toml").open("rb") as stream:
            town = Town(**tomllib.load(stream)["town"])
        return lint(Folder.read(self.root, town, today, sigles=sigles, say=speakable))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def brief(findings: list[Finding]) -> list[tuple[str, str, str, int]]:
    """Findings without their sentences."""
    return [(f.severity.value, f.rule, f.file, f.line) for f in findings]
