"""The caller's voice and data: told, refused, masked, never read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from dialog.decision import Decision
from dialog.desk import Desk
from dialog.privacy import Terms
from dialog.reply import Action
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.town import Town
from records import mask_numbers
from tests.tasks.conftest import EVENING, OPEN, STREETS, Caller

NIR = "1 85 05 78 006 084 91"
NIR_SPOKEN = (
    "un, quatre-vingt-cinq, zéro cinq, soixante-dix-huit, zéro zéro six, zéro quatre-vingt-quatre, "
    "quatre-vingt-onze"
)
CARD, IBAN = "4111 1111 1111 1111", "FR14 2004 1010 0505 0001 3M02 606"
TERMS = Terms(transcript_days=45, message_days=60, mask=mask_numbers)


@pytest.fixture(scope="module")
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(town, sheets, index, clock=lambda: OPEN, streets=STREETS, terms=TERMS)


@pytest.fixture(scope="module")
def recorded(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    return Desk(town, sheets, index, clock=lambda: OPEN, recording=True, terms=TERMS)


@pytest.fixture
def caller(desk: Desk) -> Caller:
    return Caller(desk)


def heard(desk: Desk, text: str, state: State | None = None, at: datetime = OPEN) -> Decision:
    return desk.hear(state or State(), text, at=at)


# -- the notice ----------------------------------------------------------------------------

ASKED = [
    "Mes données",
    "Qu'est-ce que vous faites de ma voix ?",
    "Qu'est-ce que vous faites de ce que je vous dis ?",
    "Vous m'enregistrez ?",
    "Est-ce que vous enregistrez cet appel ?",
    "Combien de temps vous gardez ?",
    "Combien de temps est-ce que vous gardez mes données ?",
    "C'est quoi le RGPD ?",
    "Je veux supprimer mes données.",
    "Je voudrais effacer mon appel.",
    "Qui écoute cette conversation ?",
    "Est-ce que je suis enregistré ?",
    "Vous vendez mes données ?",
    "Où vont mes données ?",
    "Comment joindre le délégué à la protection des données ?",
]


@pytest.mark.parametrize("text", ASKED)
def test_the_notice_is_said_on_request(caller: Caller, text: str) -> None:
    reply = caller.says(text)
    assert reply.action is Action.ANSWER
    assert "Délégué à la protection des données : 02 61 91 50 00" in reply.say


@pytest.mark.parametrize(
    "text",
    [
        "Combien de temps vous gardez les objets trouvés ?",
        "Je voudrais enregistrer mon PACS.",
        "Combien coûte un passeport ?",
        "J'ai perdu ma carte d'identité avec toutes mes affaires.",
        "Je veux parler à un agent.",
        "Est-ce que mon dossier de passeport est enregistré ?",
        "Est-ce que la mairie garde les encombrants ?",
        "Mon fils a neuf ans, il lui faut un passeport ?",
    ],
)
def test_other_questions_are_not_about_data(caller: Caller, text: str) -> None:
    say = caller.says(text).say
    assert "protection des données" not in say
    assert "enregistré :" not in say


def test_the_notice_names_everything_that_must_be_in_it(caller: Caller) -> None:
    say = caller.says("mes données").say
    notice = say.removesuffix("Voulez-vous la suite ?")
    assert notice != say
    assert len(notice.split()) <= 55
    for part in (
        "La commune de Valmont",  # controller
        "pour vous répondre",  # purpose
        "45 jours",  # retention, as configured
        "consulter",  # rights
        "effacer",
        "la CNIL",
    ):
        assert part in notice
    more = caller.says("oui")
    assert "60 jours" in more.say
    assert "2 place du Lavoir" in more.say
    assert len(more.say.split()) <= 55


def test_the_rest_is_not_said_to_a_no_and_can_be_keyed(desk: Desk) -> None:
    one, other = Caller(desk), Caller(desk)
    one.says("mes données")
    assert "60 jours" not in one.says("non").say
    other.says("mes données")
    assert "60 jours" in other.presses("1").say


def test_the_officer_and_the_page_come_from_the_configuration(
    town: Town, sheets: list[Sheet], index: Index
) -> None:
    told = town.model_copy(
        update={"dpo": "dpo@valmont.example", "privacy_page": "valmont.example/donnees"}
    )
    caller = Caller(Desk(told, sheets, index, clock=lambda: OPEN))
    assert "dpo@valmont.example" in caller.says("c'est quoi le RGPD").say
    assert "valmont.example/donnees" in caller.says("la suite").say


# -- refusing the recording ----------------------------------------------------------------

NO_RECORDING = [
    "Je ne veux pas être enregistré.",
    "Je veux pas qu'on m'enregistre.",
    "Je refuse d'être enregistrée.",
    "Je refuse l'enregistrement.",
    "N'enregistrez pas cet appel.",
    "Arrêtez d'enregistrer.",
    "Arrêtez l'enregistrement s'il vous plaît.",
    "Je m'oppose à l'enregistrement de cet appel.",
    "Pas d'enregistrement.",
    "Je ne souhaite pas que vous m'enregistriez.",
    "Vous n'avez pas le droit de m'enregistrer.",
    "Je ne veux pas que l'appel soit enregistré.",
    "Je suis pas d'accord pour être enregistré.",
    "Coupez l'enregistrement.",
]


@pytest.mark.parametrize("text", NO_RECORDING)
def test_a_refused_recording_is_told_truthfully(desk: Desk, recorded: Desk, text: str) -> None:
    decision = heard(desk, text)
    assert decision.refused == "recording"
    assert decision.reply.say.startswith("Votre appel n'est pas enregistré")
    assert "refuse la transcription" in decision.reply.say
    stopped = heard(recorded, text)
    assert stopped.refused == "recording"
    assert "l'enregistrement s'arrête" in stopped.reply.say


def test_key_9_refuses_too_and_the_service_goes_on(caller: Caller) -> None:
    decision = caller.desk.key(caller.state, "9", at=OPEN)
    assert decision.refused == "recording"
    caller.presses("9")
    assert caller.says("combien coûte un passeport ?").sheet == "passeport"


def test_in_a_form_it_is_answered_and_the_form_goes_on(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.")
    for given in ("je ne veux pas être enregistré", "mes données"):
        reply = caller.says(given)
        assert reply.say.endswith("Je reviens à votre demande. À quel nom ?")
    caller.presses("9")
    assert caller.state.task is not None
    assert caller.says("Dupont").say.startswith("Merci, Dupont")


def test_9_in_a_number_is_a_digit(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Dupont", "la cantine")
    reply = caller.presses("0612345699")
    assert "06 12 34 56 99" in reply.say


# -- refusing the assistant ----------------------------------------------------------------

NO_ROBOT = [
    "Je refuse que ma voix soit transcrite.",
    "Je refuse la transcription.",
    "Je ne veux pas parler à un robot.",
    "Je veux pas discuter avec une machine.",
    "Arrêtez la transcription.",
    "Je refuse de parler à une intelligence artificielle.",
    "Je m'oppose à la transcription de cet appel.",
    "Je ne veux pas que vous gardiez ce que je dis.",
    "Je ne veux pas être transcrit.",
]


@pytest.mark.parametrize("text", NO_ROBOT)
def test_who_refuses_the_assistant_gets_a_person_and_leaves_no_words(desk: Desk, text: str) -> None:
    decision = heard(desk, text)
    assert (decision.refused, decision.reply.transfer_to) == ("transcription", "accueil")
    assert "n'est pas gardé" in decision.reply.say
    assert decision.reply.summary == "Refuse l'assistant automatique."
    closed = heard(desk, text, at=EVENING)
    assert closed.refused == "transcription"
    assert closed.reply.transfer_to is None
    for part in ("02 61 91 50 00", "Réouverture demain à 9h", "laisser quand même un message"):
        assert part in closed.reply.say
    assert len(closed.reply.say.split()) <= 55


def test_short_hours_are_said_whole(town: Town, sheets: list[Sheet], index: Index) -> None:
    small = town.model_copy(update={"default_service": "dechets"})
    desk = Desk(small, sheets, index, clock=lambda: OPEN)
    say = heard(desk, "Je refuse la transcription.", at=EVENING).reply.say
    assert "02 61 91 50 50, le lundi de 9h à 12h, le jeudi de 9h à 12h. Réouverture jeudi" in say
    assert len(say.split()) <= 55


def test_who_refused_may_still_leave_a_message(desk: Desk) -> None:
    caller = Caller(desk, at=EVENING)
    caller.says("Je refuse la transcription.")
    assert caller.says("oui").say.startswith("Je prends un message")
    assert caller.state.refused == "transcription"


def test_a_form_under_way_is_forgotten(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Dupont", "la cantine de mon fils")
    caller.says("Je refuse que ma voix soit transcrite.")
    assert caller.hangs_up() is None
    assert "Dupont" not in str(caller.state.to_dict())
    assert "cantine" not in str(caller.state.to_dict())


def test_who_is_not_reached_after_refusing_hears_how_to_call(caller: Caller) -> None:
    caller.says("Je ne veux pas parler à un robot.")
    failed = caller.desk.transfer_failed(caller.state, at=OPEN)
    assert "02 61 91 50 00" in failed.reply.say
    assert failed.reply.transfer_to is None


def test_preferring_a_person_refuses_nothing(desk: Desk) -> None:
    decision = heard(desk, "Je veux parler à un être humain, pas à une machine.")
    assert (decision.refused, decision.reply.transfer_to) == ("", "accueil")


def test_an_emergency_comes_first_and_is_not_talked_over(caller: Caller) -> None:
    reply = caller.says("Je ne veux pas être enregistré, il y a le feu chez moi !")
    assert reply.action is Action.EMERGENCY
    assert "données" not in caller.says("et mes données ?").say  # E04: no RGPD talk


# -- numbers that must not be given --------------------------------------------------------


@pytest.mark.parametrize("number", [NIR, NIR_SPOKEN, CARD, IBAN])
@pytest.mark.parametrize(
    "said", ["{}", "mon numéro de sécurité sociale, c'est le {}", "c'est le {} merci"]
)
def test_a_number_is_refused_and_nowhere(caller: Caller, number: str, said: str) -> None:
    reply = caller.says(said.format(number))
    assert reply.say.startswith("Ne me donnez pas de numéro de sécurité sociale")
    everything = f"{reply.say} {reply.summary} {caller.state.to_dict()}"
    assert number not in everything
    assert mask_numbers(everything)[1] == ()


def test_the_question_beside_the_number_is_answered(caller: Caller) -> None:
    reply = caller.says(f"Combien coûte un passeport ? Mon numéro de sécu est le {NIR}.")
    assert reply.say.startswith("Ne me donnez pas")
    assert reply.sheet == "passeport"
    assert "86 €" in reply.say


def test_a_subject_is_read_back_and_kept_without_the_number(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Dupont")
    reply = caller.says(f"c'est pour le remboursement, ma carte est {CARD}")
    assert reply.say.startswith("Ne me donnez pas")
    assert "numéro masqué" in reply.say
    left = caller.hangs_up()
    assert left is not None
    assert left.fields["subject"] == "le remboursement, ma carte est numéro masqué"


def test_a_number_instead_of_an_answer_is_asked_again(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Dupont")
    reply = caller.says(f"mon numéro de sécurité sociale {NIR_SPOKEN}")
    assert reply.say.endswith("Je reviens à votre demande. C'est à quel sujet ?")
    assert "subject" not in (caller.state.task.values if caller.state.task else {})


def test_keyed_digits_are_not_read_back(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Dupont", "la cantine")
    for digits in (CARD.replace(" ", ""), NIR.replace(" ", "")):
        reply = caller.types(digits)
        assert reply.say.startswith("Ne me donnez pas")
        assert digits not in str(caller.state.to_dict())
    reply = caller.presses("4111111111111111")
    assert reply.say.startswith("Ne me donnez pas")
    assert caller.state.task is not None
    assert caller.state.task.typed == ""
    assert "06 12 34 56 78" in caller.presses("0612345678").say


def test_a_telephone_number_is_still_taken(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Dupont", "la cantine")
    assert "06 12 34 56 78" in caller.says("zéro six douze trente-quatre 56 78").say


# -- earlier calls -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Qu'est-ce que j'ai dit hier ?",
        "Où en est mon message ?",
        "Je voudrais savoir où en est mon signalement.",
        "Ma demande 482 913.",
        "C'est pour ma demande numéro 482913.",
        "Est-ce que vous avez bien reçu mon message ?",
        "Qu'est-ce que vous m'avez dit la dernière fois ?",
        "Relisez-moi mon dernier message.",
        "Mon signalement a été pris en compte ?",
    ],
)
def test_an_earlier_call_is_never_told(desk: Desk, text: str) -> None:
    caller = Caller(desk, number="+33612345642")
    reply = caller.says(text)
    assert reply.say.startswith("Je ne peux pas parler d'un appel ou d'un message passé")
    assert caller.says("oui").say.startswith("Je prends un message")


def test_a_person_is_a_word_away_after_that(caller: Caller) -> None:
    caller.says("Où en est mon message ?")
    assert caller.says("agent").transfer_to == "accueil"


def test_a_message_may_be_about_an_earlier_one(caller: Caller) -> None:
    caller.says("Je voudrais laisser un message.", "Dupont")
    assert "J'ai noté" in caller.says("ma demande 482 913 n'a pas eu de réponse").say


# -- health, children ----------------------------------------------------------------------


def test_health_is_warned_of_once_before_dictation(caller: Caller) -> None:
    said = [
        caller.says(text).say
        for text in ("combien coûte un passeport ?", "Je voudrais laisser un message.", "Dupont")
    ]
    caller.says("laissez tomber")
    said.append(caller.says("Je voudrais laisser un message.").say)
    assert ["d'information de santé" in text for text in said] == [False, True, False, False]


@pytest.mark.parametrize("text", ["J'ai neuf ans.", "j'ai 9 ans", "Je suis un enfant."])
def test_a_child_is_told_where_an_adult_is(caller: Caller, text: str) -> None:
    reply = caller.says(text)
    assert "adulte de la mairie" in reply.say
    assert caller.state.child
    assert caller.says("agent").transfer_to == "accueil"


def test_a_child_gets_the_same_answers(caller: Caller) -> None:
    reply = caller.says("J'ai dix ans, le marché c'est quel jour ?")
    assert "mercredi" in reply.say
    assert "adulte" in reply.say


def test_a_child_is_asked_no_name(desk: Desk) -> None:
    caller = Caller(desk)
    caller.says("j'ai neuf ans")
    reply = caller.says("je veux laisser un message")
    assert (reply.transfer_to, caller.state.task) == ("accueil", None)
    closed = Caller(desk, at=EVENING)
    closed.says("je veux laisser un message")
    reply = closed.says("j'ai neuf ans")
    assert closed.state.task is None
    assert "Demande à un adulte" in reply.say
    assert "02 61 91 50 00" in reply.say


@pytest.mark.parametrize(
    "text", ["J'ai dix ans de mariage, il me faut un passeport.", "j'ai seize ans et un passeport"]
)
def test_other_ages_are_no_children(caller: Caller, text: str) -> None:
    caller.says(text)
    assert not caller.state.child


def test_a_child_in_danger_hears_the_number(caller: Caller) -> None:
    reply = caller.says("j'ai neuf ans et mon père me tape")
    assert reply.action is Action.EMERGENCY
    assert "119" in reply.say


def test_the_new_fields_of_a_state_survive(caller: Caller) -> None:
    state = replace(State(), child=True, refused="transcription")
    assert State.from_dict(state.to_dict()) == state
