"""Callers to measure hearing with: questions in voices that are not the bot's, at 8 kHz A-law.

Kokoro's English, Spanish, Italian and Portuguese voices, given French phonemes, speak French with
an accent; noise and level vary with the seed. People's own voices come from Debian's
`asterisk-core-sounds-fr-wav` (June Wallack, CC BY-SA 3.0): numbers, months and days, whose words
their file names establish. Everything is made again in a cache folder when it is not there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.store import Store
from voice.audio import wav_read, wav_write
from voice.kokoro_engine import KokoroModel, KokoroSynthesizer
from voice.line import Float, Pcm, call_audio, over_the_line

SEED = 20261123
PEOPLE = Path("/usr/share/asterisk/sounds/fr_CA_f_June")

QUESTIONS = """\
Bonjour, je voudrais savoir quels papiers il faut apporter pour refaire ma carte d'identité.
Mon passeport expire dans deux mois, est-ce que je peux prendre rendez-vous chez vous ?
Allô, oui, bonjour, c'est pour inscrire ma fille à l'école maternelle en septembre.
La poubelle jaune n'a pas été ramassée ce matin dans ma rue.
À quelle heure ferme la déchetterie le samedi ?
Je voudrais parler à quelqu'un du service urbanisme, s'il vous plaît.
On se marie en juin, qu'est-ce qu'il faut comme documents pour le dossier ?
Il y a un lampadaire en panne devant chez moi depuis une semaine.
Comment je fais pour m'inscrire sur les listes électorales ?
Est-ce que la mairie est ouverte le mercredi après-midi ?
J'ai perdu mon portefeuille hier au marché, vous avez un service des objets trouvés ?
Ma mère a quatre-vingt-deux ans et elle aurait besoin d'une aide à domicile.
Je viens d'emménager dans la commune, quelles démarches est-ce que je dois faire ?
Combien coûte la cantine pour deux enfants quand on gagne peu ?
Je voudrais construire un abri de jardin de douze mètres carrés, il me faut un permis ?
Mon voisin fait du bruit toutes les nuits, je n'en peux plus, qu'est-ce que je peux faire ?
Bonjour madame, j'appelle pour une demande de logement social.
Mon père est décédé cette nuit, je ne sais pas par où commencer.
Il me faut un acte de naissance, je suis né ici en mille neuf cent soixante-quinze.
Où est-ce que je peux déposer un vieux canapé et deux matelas ?
Je cherche une place en crèche pour mon bébé qui va avoir six mois.
Il y a un nid de poule énorme au carrefour, c'est dangereux pour les vélos.
Quels sont les horaires de la piscine pendant les vacances scolaires ?
Je voudrais louer la salle des fêtes pour l'anniversaire de mes parents.
J'ai reçu une amende de stationnement et je ne suis pas d'accord.
Est-ce qu'il y a une permanence de l'assistante sociale cette semaine ?
C'est pour un certificat d'hébergement, mon cousin arrive du Maroc.
Je dois faire légaliser une signature, est-ce qu'il faut un rendez-vous ?
La concession de ma grand-mère au cimetière arrive à échéance.
Je voudrais inscrire mon fils à l'école de musique, il joue du violon.
Le bus scolaire n'est pas passé ce matin, ma fille attend toujours.
Est-ce que je peux brûler mes déchets verts dans mon jardin ?
J'aimerais devenir bénévole à la bibliothèque, à qui je dois m'adresser ?
Mon chien s'est échappé, est-ce que la police municipale l'a trouvé ?
On voudrait se pacser, mon ami et moi, ça se passe à la mairie ?
Quand est-ce que le maire reçoit les habitants ?
L'eau du robinet est toute marron depuis hier soir, c'est normal ?
Je voudrais changer l'adresse sur ma carte grise.
Est-ce que vous recrutez des animateurs pour le centre de loisirs cet été ?
J'ai un rendez-vous demain à dix heures et je voudrais le déplacer.
Bonjour, mon mari est en fauteuil roulant, est-ce que la mairie est accessible ?
Il y a des rats dans la cour de notre immeuble, qui s'en occupe ?
Je voudrais signaler une voiture abandonnée sur le parking de la gare.
Ma fille a seize ans, est-ce qu'elle doit se faire recenser ?
Je suis auto-entrepreneur, comment avoir un emplacement sur le marché du dimanche ?
Vous pouvez me passer un agent, s'il vous plaît, je n'ai pas envie de parler à une machine.
Bonjour, je vous appelle parce que j'ai déposé une demande de permis de construire au mois de \
mars, et depuis je n'ai aucune nouvelle, alors je voudrais savoir où en est mon dossier.
Voilà, ma mère habite seule au troisième étage, l'ascenseur est en panne depuis quinze jours, et \
elle ne peut plus sortir faire ses courses, est-ce que quelqu'un peut l'aider ?
Je suis enceinte de sept mois, on n'est pas mariés, et on m'a dit qu'il fallait reconnaître le \
bébé avant la naissance, comment ça se passe ?
Alors voilà, on a acheté une vieille maison dans le centre, on voudrait changer les fenêtres et \
refaire la façade, et le voisin dit qu'il faut demander l'autorisation.
Est-ce que les bus sont gratuits pour les retraités ?
Je voudrais le numéro de la perception, s'il vous plaît.
Merci de me rappeler au sujet de la taxe foncière.
Vous êtes ouverts pendant les fêtes de Noël ?
""".splitlines()

#: Whole answers of one or two words: nothing that guards against noise may swallow them.
ANSWERS = """\
Oui.
Non.
Un.
Deux.
Agent.
Un agent.
Oui, merci.
Non merci.
Bonjour.
Au revoir.
Demain.
Mardi.
D'accord.
Ma carte d'identité.
""".splitlines()

ACCENTS = [
    "af_heart",
    "am_michael",
    "bf_emma",
    "bm_george",
    "ef_dora",
    "em_alex",
    "if_sara",
    "im_nicola",
    "pf_dora",
    "pm_alex",
]
_DAYS = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]
_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


@dataclass(frozen=True)
class Clip:
    """One turn of a caller, 16 kHz mono, and the words in it."""

    name: str
    words: str
    audio: Pcm


class Callers:
    """The test set; what is spoken once is kept in `cache`."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._store = Store()
        self._model: KokoroModel | None = None

    def clear(self) -> list[Clip]:
        """The questions in a native voice on a quiet line."""
        return [
            Clip(f"clear{i:02}", text, over_the_line(self.spoken(text, "ff_siwis"), 24_000))
            for i, text in enumerate(QUESTIONS)
        ]

    def noisy(self, texts: list[str] = QUESTIONS, *, shift: int = 0) -> list[Clip]:
        """The questions with an accent, -30 to -18 dBFS, noise 15 to 30 dB under the speech."""
        random = np.random.default_rng(SEED + shift)
        clips = []
        for i, text in enumerate(texts):
            voice = ACCENTS[(i + shift) % len(ACCENTS)]
            heard = call_audio(self.spoken(text, voice), 24_000, random)
            clips.append(Clip(f"noisy{i:02}-{voice}", text, heard))
        return clips

    def answers(self) -> list[Clip]:
        """Each short answer in three voices, accented and noisy."""
        return [clip for shift in (1, 4, 8) for clip in self.noisy(ANSWERS, shift=shift)]

    def spoken(self, text: str, voice: str) -> Float:
        """A sentence in a voice of the store, 24 kHz."""
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = self._cache / f"{voice}-{key}.wav"
        if not path.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            wav_write(path, self._synthesizer(voice).synthesize(text), 24_000)
        return wav_read(path)[0]

    def _synthesizer(self, voice: str) -> KokoroSynthesizer:
        folder = self._store.path("kokoro-82m-int8")
        self._model = self._model or KokoroModel(folder)
        own = "kokoro-82m-int8" if voice == "ff_siwis" else "kokoro-caller-voices"
        path = self._store.path(own) / "voices" / f"{voice}.bin"
        return KokoroSynthesizer(self._model, path)


def people(seed: int = SEED) -> list[Clip]:
    """A person's telephone numbers and dates; empty where Debian's package is not installed."""
    if not PEOPLE.is_dir():
        return []
    random = np.random.default_rng(seed)
    clips = []
    for i in range(12):
        digits = [0, int(random.integers(1, 8)), *random.integers(0, 10, 8).tolist()]
        files = [f"digits/{d}" for d in digits]
        clips.append(_dictated(f"number{i:02}", files, " ".join(map(str, digits))))
    for i in range(18):
        day, date, month = (int(random.integers(0, n)) for n in (7, 18, 12))
        files = [f"digits/day-{day}", f"digits/{date + 2}", f"digits/mon-{month}"]
        clips.append(_dictated(f"date{i:02}", files, f"{_DAYS[day]} {date + 2} {_MONTHS[month]}"))
    return clips


def _dictated(name: str, files: list[str], words: str) -> Clip:
    pieces: list[Float] = []
    for file in files:
        samples, rate_hz = wav_read(PEOPLE / f"{file}.wav")
        pieces += [samples, np.zeros(int(0.06 * rate_hz), np.float32)]
    return Clip(name, words, over_the_line(np.concatenate(pieces), rate_hz))
