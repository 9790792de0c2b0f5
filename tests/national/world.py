"""Small publications, as DILA writes them, and archives of them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

TEXT = """
<Introduction><Texte><Paragraphe>La carte sert à entrer. Elle dure 5 ans.</Paragraphe></Texte>
</Introduction>
<Texte>
  <Chapitre type="pieces"><Titre><Paragraphe>Pièces à fournir</Paragraphe></Titre>
    <Paragraphe>Il faut présenter :</Paragraphe>
    <Liste type="puce"><Item><Paragraphe>Une photo,</Paragraphe></Item>
      <Item><Paragraphe>Un justificatif de domicile.</Paragraphe></Item></Liste>
  </Chapitre>
  <Chapitre><Titre><Paragraphe>Coût</Paragraphe></Titre>
    <Paragraphe><Valeur>25 €</Valeur></Paragraphe></Chapitre>
</Texte>
"""


def publication(
    number: str = "F1",
    *,
    title: str = "Carte d'essai",
    theme: str = "Papiers - Citoyenneté",
    description: str = "La carte sert à entrer.",
    body: str = TEXT,
    kind: str = "Fiche d'information",
    day: str = "2020-03-01",
) -> bytes:
    """One document."""
    themes = f"<Theme ID='N1'><Titre>{theme}</Titre></Theme>" if theme else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="{number}" type="{kind}"
  spUrl="https://www.service-public.fr/particuliers/vosdroits/{number}">
<dc:title>{title}</dc:title><dc:description>{description}</dc:description>
<dc:date>modified {day}</dc:date><Audience>Particuliers</Audience>
{themes}<DossierPere ID="N2"><Titre>Cartes</Titre></DossierPere>
{body}
</Publication>""".encode()


def archive(path: Path, documents: Mapping[str, bytes]) -> Path:
    """A ZIP with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in documents.items():
            out.writestr(name, content)
    return path


def edition(path: Path, *sheets: bytes) -> Path:
    """A ZIP of publications, named after their ids."""
    return archive(path, {f"{_id(sheet)}.xml": sheet for sheet in sheets})


def chapter(title: str, inside: str) -> str:
    """A body of one chapter."""
    return (
        f"<Texte><Chapitre><Titre><Paragraphe>{title}</Paragraphe></Titre>{inside}"
        "</Chapitre></Texte>"
    )


def _id(sheet: bytes) -> str:
    return sheet.decode().split('ID="', 1)[1].split('"', 1)[0]
