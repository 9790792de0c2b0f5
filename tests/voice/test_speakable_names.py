"""Addresses, ordinals, sigles, abbreviations, e-mails and sites."""

from __future__ import annotations

import pytest

from voice.speakable import speakable

ADDRESSES = [
    ("12 rue Foch", "douze rue Foch"),
    ("1 place de la République", "un place de la République"),
    ("1 place de parking", "une place de parking"),
    ("12A rue Foch", "douze A, rue Foch"),
    ("12 B, av. Foch", "douze B, avenue Foch"),
    ("3 ter imp. des Lilas", "trois ter, impasse des Lilas"),
    ("8 bd du Mal Foch", "huit boulevard du Maréchal Foch"),
    ("3 pl. de la Mairie", "trois place de la Mairie"),
    ("5 chem. des Prés", "cinq chemin des Prés"),
    ("7 rte de Paris", "sept route de Paris"),
    ("9 all. des Pins", "neuf allée des Pins"),
    ("2 sq. St-Pierre", "deux square Saint-Pierre"),
    ("rés. Ste Anne", "résidence Sainte Anne"),
    ("Av. Foch", "Avenue Foch"),
    ("av. du Dr Roux", "avenue du Docteur Roux"),
    ("rue du Cdt Marchand", "rue du Commandant Marchand"),
    ("4 r. Foch", "quatre rue Foch"),
    ("R. Martin", "R. Martin"),
    ("mal garé", "mal garé"),
    ("Mal Placé", "Mal Placé"),
    ("code postal 78370", "code postal soixante-dix-huit, trois cent soixante-dix"),
    ("20090 Ajaccio", "vingt, zéro quatre-vingt-dix Ajaccio"),
    ("78370 PLAISIR CEDEX", "soixante-dix-huit, trois cent soixante-dix PLAISIR cédexe"),
    (
        "un coût de 78370 francs",
        "un coût de soixante-dix-huit mille trois cent soixante-dix francs",
    ),
]

ORDINALS = [
    ("le 1er étage", "le premier étage"),
    ("la 1ère fois", "la première fois"),
    ("les 1ers jours", "les premiers jours"),
    ("le 2ème", "le deuxième"),
    ("la 2nde", "la seconde"),
    ("le 5e", "le cinquième"),
    ("le 9e", "le neuvième"),
    ("le 21e", "le vingt et unième"),
    ("le 80e", "le quatre-vingtième"),
    ("le 200e", "le deux centième"),
    ("la IIIe République", "la troisième République"),
    ("Jean-Paul II", "Jean-Paul deux"),
    ("Napoléon Ier", "Napoléon premier"),
    ("Charles X", "Charles dix"),
    ("annexe V", "annexe cinq"),
]

SIGLES = [
    ("les DP", "les déclarations préalables"),
    ("de l'ALSH", "du centre de loisirs"),
    ("à l'ALSH", "au centre de loisirs"),
    ("L'ALSH ouvre", "Le centre de loisirs ouvre"),
    ("en CM2", "en cé èmme deux"),
    ("la C.N.I. est prête", "la cé ène i est prête"),
    ("un CV", "un cé vé"),
    ("la SPL", "la èsse pé elle"),
    ("le PLU. Ensuite", "le pé elle u. Ensuite"),
    ("IMPORTANT", "IMPORTANT"),
    ("M. et Mme Dupont", "Monsieur et Madame Dupont"),
    ("M. le Maire", "Monsieur le Maire"),
    ("MM. Dupont", "Messieurs Dupont"),
    ("Dr Roux", "Docteur Roux"),
    ("n°5", "numéro cinq"),
    ("Tél. : 3919", "Téléphone : trente-neuf dix-neuf"),
    ("bât. B, esc. 2, appt 12", "bâtiment B, escalier deux, appartement douze"),
    ("photos, etc. Vous", "photos, et cetera. Vous"),
    ("par ex. un acte", "par exemple un acte"),
    ("père et/ou mère", "père et ou mère"),
]

WEB = [
    ("etat-civil@saint-aubin.example", "état tiret civil arobase saint tiret aubin point example"),
    ("un_nom.2@ville.fr", "un tiret bas nom point deux arobase ville point f r"),
    ("www.ville-x.fr", "ville tiret x point f r"),
    ("service-public.fr/vosdroits/F1234", "service tiret public point f r"),
    ("https://ants.gouv.fr.", "a ène té èsse point gouv point f r."),
    ("caf.fr", "caffe point f r"),
    ("https://x.ville.com/a?b=3. Puis", "x point ville point com. Puis"),
]

MARKDOWN = [
    ("**Gratuit**", "Gratuit"),
    ("## Prix\nLa carte coûte 25 €.", "Prix. La carte coûte vingt-cinq euros."),
    ("Apportez :\n- une photo\n- un acte", "Apportez : une photo. un acte"),
    ("La carte\ncoûte 3 €.", "La carte coûte trois euros."),
    ("", ""),
]


@pytest.mark.parametrize(("written", "said"), ADDRESSES)
def test_addresses(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), ORDINALS)
def test_ordinals(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), SIGLES)
def test_sigles_and_abbreviations(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), WEB)
def test_emails_and_sites(written: str, said: str) -> None:
    assert speakable(written) == said


@pytest.mark.parametrize(("written", "said"), MARKDOWN)
def test_a_sheet_loses_its_marks(written: str, said: str) -> None:
    assert speakable(written) == said
