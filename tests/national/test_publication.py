"""One document becomes one sheet whose paragraphs can be read aloud."""

from __future__ import annotations

from datetime import date

import pytest

from dialog.national.errors import Refused
from dialog.national.publication import read_publication
from dialog.sheets import DRAFT, Sheet
from tests.national.world import chapter, publication


def paragraphs(inside: str, *, title: str = "Démarche") -> list[str]:
    """What a chapter with this inside says."""
    sheet = read_publication(publication(description="Sans rapport.", body=chapter(title, inside)))
    return [p for section in sheet.sections if section.heading == title for p in section.paragraphs]


def places(sheet: Sheet) -> list[tuple[str, tuple[str, ...], str]]:
    return [(s.heading, s.conditions, s.kind) for s in sheet.sections]


def test_a_sheet_keeps_what_identifies_it() -> None:
    sheet = read_publication(publication("F7", title="Carte  d’essai"), "F7")
    assert (sheet.id, sheet.title) == ("F7", "Carte d'essai")
    assert (sheet.theme, sheet.dossier) == ("Papiers - Citoyenneté", "Cartes")
    assert (sheet.audience, sheet.updated) == ("Particuliers", date(2020, 3, 1))
    assert sheet.url == "https://www.service-public.fr/particuliers/vosdroits/F7"
    assert sheet.source == "service-public.fr, DILA, Licence Ouverte 2.0, 2020-03-01"
    assert sheet.status == DRAFT
    assert not sheet.speakable(date(2020, 3, 2))
    assert sheet.national


def test_the_direct_answer_comes_first_and_says_nothing_twice() -> None:
    sheet = read_publication(publication())
    assert sheet.sections[0].heading == ""
    assert sheet.sections[0].paragraphs == ("La carte sert à entrer. Elle dure 5 ans.",)


def test_a_summary_that_the_text_does_not_hold_is_kept() -> None:
    sheet = read_publication(publication(description="Il faut aller en mairie"))
    assert sheet.sections[0].paragraphs[0] == "Il faut aller en mairie."


def test_chapters_become_sections_with_their_kind() -> None:
    sheet = read_publication(publication())
    assert places(sheet)[1:] == [("Pièces à fournir", (), "pieces"), ("Coût", (), "price")]
    assert sheet.sections[1].paragraphs == (
        "Il faut présenter : Une photo ; Un justificatif de domicile.",
    )


def test_a_very_short_answer_is_said_with_its_heading() -> None:
    assert read_publication(publication()).sections[2].paragraphs == ("Coût : 25 €.",)


def test_situations_and_cases_are_conditions_outermost_first() -> None:
    body = """<ListeSituations affichage="onglet">
      <Situation><Titre>Demande en France</Titre><Texte>
        <Chapitre><Titre><Paragraphe>Pièces à fournir</Paragraphe></Titre>
          <Paragraphe>Des originaux sont nécessaires.</Paragraphe>
          <BlocCas affichage="radio">
            <Cas><Titre>Vous avez un passeport</Titre><BlocCas affichage="radio">
              <Cas><Titre>Moins de 2 ans</Titre><Paragraphe>Le passeport suffit bien.</Paragraphe>
              </Cas></BlocCas></Cas>
            <Cas><Titre>Pas de passeport</Titre>
              <Liste type="puce"><Item><Paragraphe>Photo</Paragraphe></Item></Liste></Cas>
          </BlocCas>
          <Attention><Titre>Attention</Titre><Paragraphe>pas de copie.</Paragraphe></Attention>
        </Chapitre></Texte></Situation></ListeSituations>"""
    sheet = read_publication(publication(body=body))
    france = "Demande en France"
    assert places(sheet)[1:] == [
        ("Pièces à fournir", (france,), "pieces"),
        ("Pièces à fournir", (france, "Vous avez un passeport", "Moins de 2 ans"), "pieces"),
        ("Pièces à fournir", (france, "Pas de passeport"), "pieces"),
    ]
    assert sheet.sections[1].paragraphs == (
        "Des originaux sont nécessaires.",
        "Attention : pas de copie.",
    )
    assert sheet.sections[3].paragraphs == ("Pièces à fournir : Photo.",)


def test_a_part_of_a_chapter_is_a_condition_or_needs_the_title_of_its_chapter() -> None:
    inside = """<SousChapitre><Titre><Paragraphe>Si vous êtes mineur</Paragraphe></Titre>
      <Paragraphe>Un parent vient avec vous.</Paragraphe></SousChapitre>
      <SousChapitre><Titre><Paragraphe>Montant</Paragraphe></Titre>
      <Paragraphe>Vous payez 10 € au guichet.</Paragraphe></SousChapitre>"""
    sheet = read_publication(publication(body=chapter("Démarche", inside)))
    assert places(sheet)[1:] == [
        ("Démarche", ("Si vous êtes mineur",), "how"),
        ("Démarche : Montant", (), "price"),
    ]


def test_nested_lists_are_said_in_one_sentence() -> None:
    inside = """<Paragraphe>Apportez</Paragraphe><Liste type="puce">
      <Item><Paragraphe>Un justificatif :</Paragraphe>
        <Liste type="puce"><Item><Paragraphe>facture</Paragraphe></Item>
        <Item><Paragraphe>quittance</Paragraphe></Item></Liste></Item>
      <Item><Paragraphe>Une photo</Paragraphe></Item></Liste>"""
    assert paragraphs(inside) == ["Apportez : Un justificatif : facture, quittance ; Une photo."]


def test_a_long_list_can_be_left_between_two_sentences() -> None:
    items = "".join(
        f"<Item><Paragraphe>Document numéro {n} que la mairie demande</Paragraphe></Item>"
        for n in range(12)
    )
    (said,) = paragraphs(f"<Paragraphe>Apportez :</Paragraphe><Liste>{items}</Liste>")
    sentences = said.split(". ")
    assert len(sentences) == 2
    assert all(len(sentence.split()) < 70 for sentence in sentences)
    assert said.count("Document numéro") == 12


def test_a_table_is_said_row_by_row_with_its_heads() -> None:
    inside = """<Tableau><Titre>Droits</Titre>
      <Rangée type="header"><Cellule><Paragraphe>Âge</Paragraphe></Cellule>
        <Cellule><Paragraphe>Montant</Paragraphe></Cellule></Rangée>
      <Rangée type="normal"><Cellule fusionVerticale="2"><Paragraphe>Adulte</Paragraphe></Cellule>
        <Cellule><Paragraphe><Valeur>10 €</Valeur></Paragraphe></Cellule></Rangée>
      <Rangée type="normal"><Cellule><Paragraphe>20 €</Paragraphe></Cellule></Rangée></Tableau>"""
    assert paragraphs(inside) == [
        "Droits. Âge : Adulte ; Montant : 10 €. Âge : Adulte ; Montant : 20 €."
    ]


def test_a_long_table_is_cut_between_rows_and_named_again() -> None:
    row = "<Rangée type='normal'><Cellule><Paragraphe>{}</Paragraphe></Cellule></Rangée>"
    rows = "".join(row.format(f"Ligne {n} " + "mot " * 20) for n in range(10))
    said = paragraphs(f"<Tableau><Titre>Barème</Titre>{rows}</Tableau>")
    assert len(said) > 1
    assert all(text.startswith("Barème. Ligne") and len(text.split()) <= 95 for text in said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("le 1<Exposant>er</Exposant> janvier", "le 1er janvier."),
        ("le 1^er janvier", "le 1er janvier."),
        ("la 3<Exposant>ème</Exposant> fois", "la 3e fois."),
        ("une surface de 43 m<Exposant>2</Exposant>", "une surface de 43 m²."),
        ("voir https://www.exemple.fr/page?x=1 avant midi", "voir exemple.fr avant midi."),
        ("un  acte <LienInterne>intégral</LienInterne> .", "un acte intégral."),
        ("périmé depuis + de 5 ans", "périmé depuis plus de 5 ans."),
        ("gaz, eau, ...", "gaz, eau…"),
        ("un salaire ⩽ 2 Smic net", "un salaire inférieur ou égal à 2 Smic net."),
        ("l&#173;a mairie&#8203; ouvre tôt", "la mairie ouvre tôt."),
    ],
)
def test_words_are_ready_for_the_voice(written: str, said: str) -> None:
    assert paragraphs(f"<Paragraphe>Demain, {written}</Paragraphe>") == [f"Demain, {said}"]


def test_boxes_are_named_and_pictures_and_legal_texts_are_not_said() -> None:
    inside = """<ANoter><Titre>À noter</Titre><Paragraphe>c'est rapide</Paragraphe></ANoter>
      <ANoter><Titre>Exemple</Titre><Paragraphe>un vélo</Paragraphe></ANoter>
      <Image><Legende>Logo</Legende></Image>"""
    body = (
        chapter("Démarche", inside)
        + "<Reference URL='https://l.fr'><Titre>Code</Titre></Reference>"
    )
    sheet = read_publication(publication(description="", body=body))
    assert "À noter : c'est rapide." in sheet.text
    assert "Exemple : un vélo." in sheet.text
    assert "Logo" not in sheet.text
    assert "Code" not in sheet.text


def test_a_service_is_named_only_where_the_text_does_not_speak_of_it() -> None:
    service = """<ServiceEnLigne ID="R1" URL="https://s.fr/a" type="Téléservice">
      <Titre>Demande d'acte</Titre></ServiceEnLigne>"""
    silent = read_publication(publication(body=chapter("Coût", service)))
    assert ("En ligne", (), "online") in places(silent)
    assert "Service en ligne : Demande d'acte." in silent.text
    said = read_publication(
        publication(body=chapter("Coût", f"<Paragraphe>Payez vite en ligne.</Paragraphe>{service}"))
    )
    assert ("En ligne", (), "online") not in places(said)
    assert [(link.title, link.url) for link in said.links] == [("Demande d'acte", "https://s.fr/a")]


def test_an_announced_office_completes_its_sentence_and_says_how_to_reach_it() -> None:
    inside = """<Paragraphe>Écrivez à la caisse :</Paragraphe><OuSAdresser ID="R2">
      <Titre>Caisse centrale</Titre><RessourceWeb URL="https://c.fr"/><Texte>
      <Chapitre><Titre><Paragraphe>Par téléphone</Paragraphe></Titre>
        <Paragraphe>39 49</Paragraphe><Paragraphe>Ouvert le lundi</Paragraphe></Chapitre>
      <Chapitre><Titre><Paragraphe>Par courrier</Paragraphe></Titre>
        <Paragraphe>1 rue Haute</Paragraphe><Paragraphe>75000 Paris</Paragraphe></Chapitre>
      <Chapitre><Titre><Paragraphe>Par messagerie</Paragraphe></Titre>
        <Paragraphe><LienExterne URL="https://c.fr/f">Accès au formulaire</LienExterne></Paragraphe>
      </Chapitre></Texte></OuSAdresser>"""
    assert paragraphs(inside) == [
        "Écrivez à la caisse : Caisse centrale.",
        "Par téléphone : 39 49. Ouvert le lundi.",
        "Par courrier : 1 rue Haute, 75000 Paris.",
    ]


def test_a_script_is_no_link() -> None:
    link = '<Paragraphe>Voyez <LienExterne URL="javascript:x()">ici</LienExterne> bas.</Paragraphe>'
    assert read_publication(publication(body=chapter("Coût", link))).links == ()


def test_other_sheets_and_abbreviations_are_kept_to_find_by() -> None:
    body = (
        chapter(
            "Coût",
            '<Paragraphe>Un <LienInterne LienPublication="F9">acte</LienInterne></Paragraphe>',
        )
        + "<Abreviation ID='R1'><Titre>Caf</Titre><Texte><Paragraphe>Caisse d'allocations"
        " familiales</Paragraphe></Texte></Abreviation>"
    )
    sheet = read_publication(publication(body=body))
    assert sheet.see == ("F9",)
    assert sheet.keywords == ("Caf : Caisse d'allocations familiales",)


def test_the_version_stands_for_what_is_said_not_for_its_date() -> None:
    first = read_publication(publication())
    assert read_publication(publication(day="2021-01-01")).version == first.version
    assert read_publication(publication(title="Autre")).version != first.version


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">
<!ENTITY c "&b;&b;&b;">]><Publication ID="F1"><Texte>&c;</Texte></Publication>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Publication ID="F1"><Texte>&x;</Texte></Publication>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BILLION_LAUGHS, "declares a DTD or entities"),
        (EXTERNAL, "declares a DTD or entities"),
        (b"<Publication ID='F1'>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<?xml version='1.0' encoding='klingon'?><Publication ID='F1'/>", "not well-formed"),
        (b"<Dossier ID='F1'/>", "is not a sheet"),
        (b"<Publication ID='../F1'/>", "is not a sheet"),
        (publication("F2"), "another id"),
        (publication(kind="Recherche guidée"), "guided search"),
        (publication(description="", body=""), "has no text"),
        (publication(description="", body="<Texte><Paragraphe> </Paragraphe></Texte>"), "no text"),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read_publication(content, "F1")


def test_parts_without_end_do_no_harm() -> None:
    deep = "<Cas><Titre>x</Titre><BlocCas>" * 300 + "</BlocCas></Cas>" * 300
    lists = "<Liste><Item>" * 5000 + "<Paragraphe>x</Paragraphe>" + "</Item></Liste>" * 5000
    assert read_publication(publication(body=f"<Texte><BlocCas>{deep}</BlocCas></Texte>"))
    with pytest.raises(Refused, match="nested too deeply"):
        read_publication(publication(body=f"<Texte>{lists}</Texte>"))
