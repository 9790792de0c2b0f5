"""Section 6 of the requirements: what is written, and what must be heard."""

from __future__ import annotations

from datetime import date

import pytest

from voice.speakable import speakable, spoken_reference

TABLE = [
    ("01 30 79 62 00", "zéro un, trente, soixante-dix-neuf, soixante-deux, zéro zéro"),
    ("+33 6 07 08 09 10", "zéro six, zéro sept, zéro huit, zéro neuf, dix"),
    ("0 800 47 33 33", "zéro huit cents, quarante-sept, trente-trois, trente-trois"),
    ("3919", "trente-neuf dix-neuf"),
    ("3114", "trente et un quatorze"),
    ("112", "cent douze"),
    ("116 117", "cent seize, cent dix-sept"),
    ("8h30", "huit heures trente"),
    ("12h", "midi"),
    ("0h", "minuit"),
    ("21h", "vingt et une heures"),
    ("1h", "une heure"),
    (
        "8h-12h / 13h30-17h",
        "de huit heures à midi, puis de treize heures trente à dix-sept heures",
    ),
    ("01/09/2026", "premier septembre deux mille vingt-six"),
    ("lun. 2 nov.", "lundi deux novembre"),
    ("les 17/18 juin", "les dix-sept et dix-huit juin"),
    ("12,50 €", "douze euros cinquante"),
    ("0,80 €", "quatre-vingts centimes"),
    ("1 €", "un euro"),
    ("1 250 €", "mille deux cent cinquante euros"),
    ("86 €/an", "quatre-vingt-six euros par an"),
    ("3 €/m²", "trois euros par mètre carré"),
    ("78370 Plaisir", "soixante-dix-huit, trois cent soixante-dix Plaisir"),
    ("01000 Bourg", "zéro un, mille Bourg"),
    ("75001 Paris", "soixante-quinze, zéro zéro un Paris"),
    ("la 2A", "la deux A"),
    ("12 bis av. du Gal Leclerc", "douze bis, avenue du Général Leclerc"),
    ("R. du 8-Mai-1945", "Rue du huit mai dix-neuf cent quarante-cinq"),
    ("Louis XIV", "Louis quatorze"),
    ("François Ier", "François premier"),
    ("le 1er", "le premier"),
    ("la 1re", "la première"),
    ("le 2e", "le deuxième"),
    ("le 75e", "le soixante-quinzième"),
    ("le XIXe siècle", "le dix-neuvième siècle"),
    ("un RDV", "un rendez-vous"),
    ("l'ALSH", "le centre de loisirs"),
    ("le QF", "le quotient familial"),
    ("une DP", "une déclaration préalable"),
    ("un PC", "un permis de construire"),
    ("M. Martin", "Monsieur Martin"),
    ("Mme Martin", "Madame Martin"),
    ("n° 4", "numéro quatre"),
    ("tél. 3919", "téléphone trente-neuf dix-neuf"),
    ("mairie@ville-x.fr", "mairie arobase ville tiret x point f r"),
    ("78370", "soixante-dix-huit, trois cent soixante-dix"),
    ("01000", "zéro un, mille"),
    ("75001", "soixante-quinze, zéro zéro un"),
    ("2A", "deux A"),
    ("à Plaisir (78370)", "à Plaisir (soixante-dix-huit, trois cent soixante-dix)"),
    ("1 rue Foch, 01000.", "un rue Foch, zéro un, mille."),
    ("20000 Ajaccio", "vingt, mille Ajaccio"),
    ("15000 habitants", "quinze mille habitants"),
    (
        "le 0 800 473 333",
        "le zéro huit cents, quatre cent soixante-treize, trois cent trente-trois",
    ),
    ("le 116 006", "le cent seize, zéro zéro six"),
    ("lun-ven 9h-17h", "du lundi au vendredi de neuf heures à dix-sept heures"),
    ("Ouvert du lun. au ven.", "Ouvert du lundi au vendredi."),
    ("du lun. au ven. de 9h à 12h", "du lundi au vendredi de neuf heures à midi"),
    ("-18 ans", "moins de dix-huit ans"),
    ("les - de 3 ans", "les moins de trois ans"),
    ("+ de 65 ans", "plus de soixante-cinq ans"),
    ("les 16/25 ans", "les seize à vingt-cinq ans"),
    ("≥ 18 ans", "au moins dix-huit ans"),
    ("le cerfa n° 12100*02", "le cerfa numéro douze mille cent étoile zéro deux"),
    ("M. ou Mme", "Monsieur ou Madame"),
    ("le pacs", "le pacse"),
    ("Henri IV", "Henri quatre"),
    ("12 quater, imp. Ste-Anne", "douze quater, impasse Sainte-Anne"),
    ("5D r. du Dr Roux", "cinq D, rue du Docteur Roux"),
    ("lot. Les Pins", "lotissement Les Pins"),
    (
        "CUb 078 490 26 A0012",
        "cé u bé, zéro sept huit, quatre neuf zéro, deux six, a, zéro zéro un deux",
    ),
    (
        "PC 078 490 26 00012",
        "permis de construire, zéro sept huit, quatre neuf zéro, deux six, zéro zéro zéro un deux",
    ),
    (
        "PA 078 490 26 A0012-M01",
        "pé a, zéro sept huit, quatre neuf zéro, deux six, a, zéro zéro un deux, èmme, zéro un",
    ),
    (
        "DP 078 490 26 A0012",
        "déclaration préalable, zéro sept huit, quatre neuf zéro, deux six, a, zéro zéro un deux",
    ),
]


@pytest.mark.parametrize(("written", "said"), TABLE)
def test_what_is_written_is_said_as_the_requirements_ask(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), TABLE)
def test_what_is_said_is_not_changed_when_it_comes_again(written: str, said: str) -> None:
    assert speakable(said) == said


@pytest.mark.parametrize(
    ("sigle", "said"),
    [
        ("CNI", "cé ène i"),
        ("CCAS", "cé cé a èsse"),
        ("PLU", "pé elle u"),
        ("ANTS", "a ène té èsse"),
        ("TEOM", "té euh o èmme"),
        ("EPCI", "euh pé cé i"),
        ("ERP", "euh erre pé"),
        ("JDC", "ji dé cé"),
        ("MDPH", "èmme dé pé hache"),
        ("APA", "a pé a"),
        ("RSA", "erre èsse a"),
        ("DIA", "dé i a"),
        ("PACS", "pacse"),
        ("CAF", "caffe"),
        ("CERFA", "cerfa"),
        ("INSEE", "inssé"),
        ("SIRET", "siret"),
        ("SIVOM", "sivome"),
    ],
)
def test_a_sigle_is_said_as_letters_or_as_a_word(sigle: str, said: str) -> None:
    assert speakable(f"Le {sigle}.") == f"Le {said}."


def test_the_current_year_of_a_date_is_not_said() -> None:
    today = date(2026, 11, 23)
    assert speakable("le 01/12/2026", today=today) == "le premier décembre"
    assert speakable("le 01/12/2027", today=today) == "le premier décembre deux mille vingt-sept"
    assert speakable("le 1er décembre 2026", today=today) == "le premier décembre"
    assert speakable("du 2 au 5 déc. 2026", today=today) == "du deux au cinq décembre"
    assert speakable("le 1er décembre 2027", today=today).endswith("deux mille vingt-sept")


def test_a_day_that_is_long_past_keeps_its_year_or_it_would_be_taken_for_the_next() -> None:
    today = date(2026, 11, 23)
    assert speakable("le 01/11/2026", today=today) == "le premier novembre"
    assert speakable("le 01/02/2026", today=today) == "le premier février deux mille vingt-six"
    assert speakable("le 1er février 2026", today=today).endswith("deux mille vingt-six")
    assert speakable("rue du 8-Mai-1945", today=date(1945, 5, 8)).endswith("quarante-cinq")


def test_a_reference_is_said_in_two_groups_digit_by_digit() -> None:
    assert spoken_reference("482 913") == "quatre huit deux, neuf un trois"
    assert spoken_reference("007100") == "zéro zéro sept, un zéro zéro"
    assert spoken_reference("482913", slow=True) == "quatre, huit, deux; neuf, un, trois"


@pytest.mark.parametrize("wrong", ["", "48291", "4829134", "48A913", "٤٨٢٩١٣"])
def test_a_reference_that_is_not_six_digits_is_refused_in_one_sentence(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^A reference has six digits, not '.*'\.$"):
        spoken_reference(wrong)


def test_a_slow_caller_hears_longer_pauses_between_the_groups() -> None:
    assert speakable("Le 01 30 79 62 00.", slow=True) == (
        "Le zéro un; trente; soixante-dix-neuf; soixante-deux; zéro zéro."
    )
    assert speakable("Votre référence est 482 913.", slow=True) == (
        "Votre référence est quatre, huit, deux; neuf, un, trois."
    )
