"""Other languages, in writing: noticed without hurting French, answered, or passed on."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from dialog.desk import Decision, Desk
from dialog.english.numbers import phone, read_back
from dialog.english.times import say_day, say_time
from dialog.languages import Languages
from dialog.phrases import Phrases
from dialog.reply import Reply
from dialog.search import Index
from dialog.sheets import Sheet, SheetError, load_sheets, parse_sheet
from dialog.state import State
from dialog.tasks.ticket import TicketDraft
from dialog.town import Town
from tests.dialog.conftest import EVENING, OPEN

ROOT = Path(__file__).resolve().parents[2]
ENGLISH_SHEETS = ROOT / "examples" / "saint-aubin" / "sheets"
SPANISH = "Buenos días, no hablo francés, necesito ayuda por favor"


@dataclass
class Call:
    """One conversation, with what it leaves."""

    desk: Desk
    at: datetime = OPEN
    number: str = ""
    tickets: list[TicketDraft] = field(default_factory=list)
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        self.state = self.desk.greeting("mairie", at=self.at, caller=self.number).state

    def says(self, *texts: str, heard: str = "fr") -> Reply:
        for text in texts:
            reply = self._adopt(self.desk.hear(self.state, text, at=self.at, language=heard))
        return reply

    def keys(self, digits: str) -> Reply:
        return self._adopt(self.desk.keys(self.state, digits, at=self.at))

    def is_silent(self, nth: int) -> Reply:
        return self._adopt(self.desk.silence(self.state, nth, at=self.at))

    def _adopt(self, decision: Decision) -> Reply:
        kept = json.loads(json.dumps(decision.state.to_dict()))
        self.state = State.from_dict(kept)
        assert self.state == decision.state
        self.tickets += decision.tickets
        return decision.reply


@pytest.fixture(scope="session")
def both(sheets: list[Sheet]) -> list[Sheet]:
    """The small town's sheets, and the English ones of the example town."""
    english = [one for one in load_sheets(ENGLISH_SHEETS) if one.lang == "en"]
    assert len(english) >= 6
    return [*sheets, *english]


@pytest.fixture(scope="session")
def full_index(both: list[Sheet], tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.build(both, tmp_path_factory.mktemp("languages"))


def desk_with(
    town: Town,
    sheets: Sequence[Sheet],
    index: Index,
    offered: Sequence[str],
    voices: Sequence[str],
) -> Desk:
    return Desk(town, sheets, index, clock=lambda: OPEN, languages=offered, voices=voices)


@pytest.fixture(scope="session")
def desk(town: Town, both: list[Sheet], full_index: Index) -> Desk:
    """As a town has it that changed nothing: English only."""
    return desk_with(town, both, full_index, ("en",), ("fr", "en", "es"))


@pytest.fixture(scope="session")
def polyglot(town: Town, both: list[Sheet], full_index: Index) -> Desk:
    return desk_with(town, both, full_index, ("en", "es", "ro"), ("fr", "en", "es"))


@pytest.fixture(scope="session")
def french_only(town: Town, both: list[Sheet], full_index: Index) -> Desk:
    return desk_with(town, both, full_index, (), ("fr", "en"))


@pytest.fixture(scope="session")
def languages() -> Languages:
    return Languages.load()


# --- which language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What time do you open on Saturday?", "en"),
        ("I would like to know how to register my daughter at school", "en"),
        (SPANISH, "es"),
        ("¿Dónde puedo inscribir a mi hija en la escuela?", "es"),
        ("Bom dia, eu não falo francês, preciso de ajuda", "pt"),
        ("Buongiorno, non parlo francese, ho bisogno di aiuto", "it"),
        ("Guten Tag, ich spreche kein Französisch, ich brauche Hilfe", "de"),
        ("Dzień dobry, nie mówię po francusku, potrzebuję pomocy", "pl"),
        ("Merhaba, Fransızca bilmiyorum, yardıma ihtiyacım var", "tr"),
        ("Bună ziua, nu vorbesc franceza, vreau să vorbesc cu cineva", "ro"),
        ("Добрий день, я не розмовляю французькою, потрібна допомога", "uk"),
        ("Здравствуйте, я не говорю по-французски", "ru"),
        ("مرحبا، أنا لا أتكلم الفرنسية", "ar"),
        ("salam, ana bghit nhdar", "ar"),
    ],
)
def test_a_language_is_told_by_its_words(languages: Languages, text: str, language: str) -> None:
    assert languages.told(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "J'ai un rendez-vous chez Smith and Co",
        "Madame The, T H E",
        "Je voudrais un acte de naissance en anglais",
        "la traduction est écrite en espagnol, vous la prenez ?",
        "le parking, le week-end, c'est free ?",
        "Je m'appelle Maria de los Santos",
        "Da Silva Pereira",
        "un agent",
        "hello",
        "okay merci bye bye",
        "",
    ],
)
def test_french_with_foreign_words_stays_french(languages: Languages, text: str) -> None:
    assert (languages.told(text), languages.asked(text), languages.urgent(text)) == ("fr", "", "")


def test_no_french_question_of_the_evaluation_is_taken_for_another_language(
    languages: Languages,
) -> None:
    folder = ROOT / "tests" / "eval"
    texts = [
        json.loads(line)["text"]
        for name in ("questions", "special")
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    french = [t for t in texts if not languages.asked(t)]  # one caller asks for English in French
    assert len(french) >= len(texts) - 2
    assert [t for t in french if languages.told(t) != "fr" or languages.urgent(t)] == []


def test_the_recogniser_alone_does_not_switch_the_call(desk: Desk) -> None:
    """An accent passes for a language: what was written down must be in that language too."""
    call = Call(desk)
    reply = call.says("je voudrais refaire ma carte d'identité", heard="en")
    assert (reply.language, reply.sheet) == ("fr", "carte-identite")


def test_every_language_has_all_its_sentences_or_only_the_offer() -> None:
    table = tomllib.loads((ROOT / "dialog/data/languages.toml").read_text(encoding="utf-8"))
    languages = Languages.load()
    for code in table.keys() - {"fr", "en"}:
        one = languages[code]
        assert one.spoken_in or one.sentences.keys() == {"offer"}, code
        assert one.words, code
        assert "urgent" in table[code], code


# --- English


def test_an_english_question_is_answered_by_an_english_sheet_after_the_notice(desk: Desk) -> None:
    call = Call(desk)
    first = call.says("Hello, how do I renew my passport?")
    assert (first.sheet, first.language) == ("en-passport", "en")
    assert first.say.startswith("I am the automatic assistant of the town hall of Valmont, an art")
    assert "artificial intelligence" in first.say
    assert call.state.hearing == "en"
    second = call.says("How much is it?")
    assert second.say.startswith("A passport costs 86 €")
    assert "automatic assistant" not in second.say, "said once a call"


def test_follow_ups_lean_on_the_sheet_before(desk: Desk) -> None:
    call = Call(desk)
    call.says("When is the town hall open?")
    assert "place de la République" in call.says("And where is it?").say


def test_english_sheets_are_never_spoken_in_french(desk: Desk, full_index: Index) -> None:
    query = full_index.query("passport renewal identity card market waste collection")
    assert all(hit.sheet.lang == "fr" for hit in full_index.rank(query, OPEN.date()).hits)
    english = full_index.rank(query, OPEN.date(), language="en").hits
    assert english
    assert all(hit.sheet.lang == "en" for hit in english)
    assert Call(desk).says("Quand est le marché ?").sheet == "marche"


@pytest.mark.parametrize(
    "text",
    [
        "Where can I find a good dentist?",
        "I want to open a bank account",
        "I need a fishing permit",
    ],
)
def test_what_no_english_sheet_says_is_said_to_be_missing(desk: Desk, text: str) -> None:
    call = Call(desk)
    call.says("Do you speak English?")
    reply = call.says(text)
    assert (reply.action, reply.sheet, reply.language) == ("out_of_scope", None, "en")
    assert "leave a message" in reply.say
    assert "0" in reply.say
    assert call.says("yes please").action == "message"


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Can I speak to someone please?", "transfer"),
        ("Can you repeat that please?", "repeat"),
        ("A bit slower please", "slower"),
        ("Are you a robot?", "chitchat"),
        ("Thank you very much", "chitchat"),
        ("Goodbye", "goodbye"),
        ("I'd like to leave a message", "message"),
    ],
)
def test_what_is_no_question_is_understood_in_english(desk: Desk, text: str, action: str) -> None:
    call = Call(desk)
    call.says("When is the town hall open?")
    reply = call.says(text)
    assert (reply.action, reply.language) == (action, "en")


def test_slower_and_repeat_say_the_answer_again(desk: Desk) -> None:
    call = Call(desk)
    call.says("Do you speak English?")
    answer = call.says("When is the market?").say
    assert call.says("Say that again please").say == answer
    assert call.says("slower please").say.endswith(answer)
    assert call.state.slow


def test_a_person_out_of_hours_is_a_message_in_english(desk: Desk) -> None:
    call = Call(desk, at=EVENING)
    call.says("Do you speak English?")
    reply = call.keys("0")
    assert reply.transfer_to is None
    assert "opens again tomorrow at 9 am" in reply.say
    assert call.says("yes").say.endswith("What is your name?")


def test_a_named_department_is_called(desk: Desk) -> None:
    call = Call(desk)
    reply = call.says("I would like to speak to the registry please")
    assert (reply.transfer_to, reply.language) == ("etat-civil", "en")


def test_two_misunderstandings_lead_to_a_person(desk: Desk) -> None:
    call = Call(desk)
    call.says("Do you speak English?", "what about the moon and the stars")
    assert call.says("and what about the dinosaurs").transfer_to == "accueil"


@pytest.mark.parametrize(
    "text",
    [
        "Parlez-vous anglais ?",
        "vous parlez anglais ?",
        "English please",
        "Sorry, I don't speak French",
        "Do you speak English?",
    ],
)
def test_english_can_be_asked_for(desk: Desk, text: str) -> None:
    reply = Call(desk).says(text)
    assert reply.language == "en"
    assert reply.say.endswith("What can I do for you?")


@pytest.mark.parametrize(
    "text",
    [
        "French please",
        "en français s'il vous plaît",
        "can we go back to French please",
        "je parle français",
    ],
)
def test_french_can_be_asked_for_again(desk: Desk, text: str) -> None:
    call = Call(desk)
    call.says("Do you speak English?")
    reply = call.says(text)
    assert (reply.language, call.state.language) == ("fr", "fr")
    assert call.says("Combien coûte le passeport ?").language == "fr"


def test_clear_french_is_answered_in_french_at_once(desk: Desk) -> None:
    call = Call(desk)
    call.says("Do you speak English?")
    reply = call.says("Bonjour, je voudrais refaire ma carte d'identité")
    assert (reply.language, reply.sheet) == ("fr", "carte-identite")


def test_silence_in_an_english_call_is_english(desk: Desk) -> None:
    call = Call(desk)
    call.says("Do you speak English?")
    said = [call.is_silent(nth) for nth in (1, 2, 3, 4)]
    assert [one.language for one in said] == ["en"] * 4
    assert "text 114" in said[1].say
    assert said[-1].ends_call


def test_what_the_program_fails_at_is_said_in_english(desk: Desk) -> None:
    call = Call(desk)
    call.says("Do you speak English?")
    for decision in (
        desk.breakdown(call.state, at=EVENING),
        desk.transfer_failed(call.state, at=OPEN),
        desk.not_written(call.state, "accueil"),
        desk.cap_near(call.state, at=OPEN),
        desk.cap_reached(call.state, at=EVENING),
    ):
        assert decision.reply.language == "en"
        assert not re.search(r"\b(?:vous|nous|appel|Excusez)\b", decision.reply.say)


def test_every_english_phrase_that_is_used_exists_in_english() -> None:
    """A missing one would be said in French by the English voice."""
    table = Phrases.load()._table["en"]
    used = {
        name
        for path in (ROOT / "dialog" / "english").glob("*.py")
        for name in re.findall(r"text\(\s*\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
    assert len(used) > 25
    assert used - table.keys() == set()


# --- emergencies


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Help me, there is a fire in my kitchen!", "18"),
        ("I need an ambulance, my father is not breathing", "15"),
        ("Help!", "112"),
        ("I smell gas in the building", "0 800 47 33 33"),
        ("I want to kill myself", "3114"),
        ("My husband hits me", "3919"),
        ("I have nowhere to sleep tonight", "115"),
        ("Someone is breaking into my house", "17"),
    ],
)
def test_an_emergency_in_english_gets_french_numbers_in_english(
    desk: Desk, text: str, number: str
) -> None:
    call = Call(desk)
    reply = call.says(text)
    assert (reply.action, reply.language) == ("emergency", "en")
    assert reply.say.count(number) >= 2, "said twice"
    assert desk.urgent(text), "and is noticed while it is being said"
    assert call.says("no").ends_call is False
    assert call.says("yes please").transfer_to == "astreinte"


@pytest.mark.parametrize(
    "text",
    [
        "Can you help me find the right form?",
        "I need a death certificate",
        "Am I allowed to make a fire in my garden?",
        "Is there an emergency housing fund?",
    ],
)
def test_what_only_sounds_like_an_emergency_is_none(desk: Desk, text: str) -> None:
    call = Call(desk)
    call.says("Do you speak English?")
    assert call.says(text).action != "emergency"


def test_a_cry_in_another_language_gets_the_112_and_a_person(desk: Desk, polyglot: Desk) -> None:
    plain = Call(desk).says("¡Socorro! ¡Hay un incendio!")
    assert (plain.action, plain.say.count("112")) == ("emergency", 4)
    call = Call(polyglot, at=EVENING)
    spoken = call.says("¡Socorro! ¡Hay un incendio!")
    assert (spoken.action, spoken.language) == ("emergency", "es")
    assert call.keys("0").transfer_to == "astreinte"


# --- a message in English


def test_a_message_in_english_is_read_back_and_kept(desk: Desk) -> None:
    call = Call(desk)
    call.says("Can I leave a message for the registry please?", "My name is John Smith")
    noted = call.says("It's about my birth certificate").say
    assert "I have noted: “my birth certificate”" in noted
    assert call.says("oh six, twelve, thirty-four, fifty-six, seventy-eight").say == (
        "I repeat: 06 12 34 56 78. Is that right?"
    )
    assert "from John Smith, about “my birth certificate”, number 06 12 34 56 78" in (
        call.says("yes").say
    )
    assert not call.tickets
    done = call.says("yes")
    [ticket] = call.tickets
    assert ticket.service == "etat-civil"
    assert ticket.complete
    assert ticket.fields == {
        "language": "anglais",
        "name": "John Smith",
        "subject": "my birth certificate",
        "phone": "0612345678",
    }
    assert f"{ticket.reference[:3]} {ticket.reference[3:]}" in done.say
    assert call.says("No thank you").ends_call


def test_a_number_read_back_wrongly_is_corrected_or_keyed(desk: Desk) -> None:
    call = Call(desk)
    call.says("I'd like to leave a message", "John", "the noise", "06 12 34 56 70", "no")
    assert "Is that right?" in call.keys("0612345678").say
    call.keys("1")
    call.keys("1")
    assert call.tickets[0].fields["phone"] == "0612345678"


def test_the_calling_number_is_offered(desk: Desk) -> None:
    call = Call(desk, number="+33612345642")
    call.says("I'd like to leave a message", "Mary Jones")
    assert "ending in 4 2" in call.says("The street light is broken").say
    call.says("yes", "yes")
    assert call.tickets[0].fields["phone"] == "0612345642"


def test_a_message_can_be_cancelled_or_left(desk: Desk) -> None:
    call = Call(desk)
    call.says("I'd like to leave a message", "John")
    assert desk.hang_up(call.state, at=OPEN) is not None
    call.says("never mind")
    assert call.state.task is None
    assert desk.hang_up(call.state, at=OPEN) is None


def test_a_person_is_within_reach_of_a_message_and_it_goes_on_when_there_is_none(
    desk: Desk,
) -> None:
    call = Call(desk)
    call.says("I'd like to leave a message")
    assert call.says("a person please").transfer_to == "accueil"
    call = Call(desk, at=EVENING)
    call.says("I'd like to leave a message", "John", "my bin")
    reply = call.keys("0")
    assert reply.say.startswith("Nobody is available")
    assert "Which number" in reply.say


def test_a_form_changes_language_with_the_caller(desk: Desk) -> None:
    call = Call(desk)
    call.says("Je voudrais laisser un message", "Peter Brown")
    assert call.says("Sorry, do you speak English?").say.endswith("your message about?")
    assert call.says("en français s'il vous plaît").say.endswith("C'est à quel sujet ?")
    assert call.state.task is not None
    assert call.state.task.values["name"] == "Peter Brown"


def test_names_in_a_french_form_do_not_change_its_language(desk: Desk) -> None:
    call = Call(desk)
    call.says("Je voudrais laisser un message")
    assert call.says("The Good Morning Company").language == "fr"


# --- numbers, days


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("oh six, twelve, thirty-four, fifty-six, seventy-eight", "0612345678"),
        ("zero six one two three four five six seven eight", "0612345678"),
        ("06 12 34 56 78", "0612345678"),
        ("o six double one twenty-two, thirty, oh five, ninety-nine", "0611223005" + "99"),
        ("plus three three six twelve thirty-four fifty-six seventy-eight", "0612345678"),
        ("plus forty-four twenty seventy-nine forty-six oh nine fifty-eight", "+442079460958"),
        ("I live at number twelve", ""),
        ("", ""),
    ],
)
def test_numbers_in_english(said: str, number: str) -> None:
    assert phone(said) == (number if len(number) != 12 or number[0] == "+" else "")


def test_numbers_are_read_back_in_pairs() -> None:
    assert read_back("0612345678") == "06 12 34 56 78"
    assert read_back("+442079460958") == "+44 20 79 46 09 58"


def test_days_and_hours_in_english() -> None:
    from datetime import date, time

    today = date(2026, 11, 24)
    assert [say_day(date(2026, 11, d), today) for d in (24, 25, 27)] == [
        "today",
        "tomorrow",
        "on Friday",
    ]
    assert say_day(date(2027, 1, 4), today) == "on Monday 4 January"
    assert [say_time(time(*t)) for t in ((8, 30), (12, 0), (12, 15), (13, 0), (0, 5))] == [
        "8:30 am",
        "12 noon",
        "12:15 pm",
        "1 pm",
        "12:05 am",
    ]


# --- other languages


def test_a_language_that_is_not_switched_on_hears_english_and_french(desk: Desk) -> None:
    call = Call(desk)
    reply = call.says(SPANISH)
    assert [part.language for part in reply.parts] == ["en", "fr"]
    assert reply.say == " ".join(part.text for part in reply.parts)
    assert call.state.hearing == "es", "the next word is likely to be Spanish"
    assert call.keys("0").transfer_to == "accueil"


def test_a_language_that_is_switched_on_and_spoken_is_one_sentence(polyglot: Desk) -> None:
    reply = Call(polyglot).says(SPANISH)
    assert (reply.language, reply.parts) == ("es", ())
    assert len(re.findall(r"[.!?]", reply.say)) == 1
    no_voice = Call(polyglot).says("Bună ziua, nu vorbesc franceza, vreau să vorbesc cu cineva")
    assert [part.language for part in no_voice.parts] == ["en", "fr"], "no voice speaks Romanian"


@pytest.mark.parametrize("word", ["persona", "Una persona, por favor.", "cero", "0", "un agent"])
def test_a_person_is_called_by_voice(polyglot: Desk, word: str) -> None:
    call = Call(polyglot)
    call.says(SPANISH)
    reply = call.says(word, heard="es")
    assert (reply.transfer_to, reply.language) == ("accueil", "es")


@pytest.mark.parametrize("word", ["mensaje", "dejar un mensaje", "uno", "1", "un message"])
def test_a_message_is_dictated_freely(polyglot: Desk, word: str) -> None:
    call = Call(polyglot)
    call.says(SPANISH)
    assert call.says(word, heard="es").action == "message"
    assert "número" in call.says("Soy Juan, quiero una cita", heard="es").say
    done = call.keys("0612345678")
    assert (done.ends_call, done.language) == (True, "es")
    [ticket] = call.tickets
    assert ticket.fields == {
        "language": "espagnol",
        "subject": "Soy Juan, quiero una cita",
        "phone": "0612345678",
    }


def test_out_of_hours_a_person_is_a_message(desk: Desk) -> None:
    call = Call(desk, at=EVENING, number="+33612345642")
    call.says("Bună ziua, nu vorbesc franceza, vreau să vorbesc cu cineva")
    assert "leave a message" in call.keys("0").say
    call.says("Mă numesc Ion și vreau o programare", heard="ro")
    [ticket] = call.tickets
    assert (ticket.fields["language"], ticket.fields["phone"]) == ("roumain", "0612345642")
    assert ticket.fields["phone_confirmed"] == "non"


def test_who_never_answers_the_offer_is_passed_to_a_person(polyglot: Desk) -> None:
    call = Call(polyglot)
    call.says(SPANISH, "no entiendo nada de lo que dice usted")
    assert call.says("no comprendo señora").transfer_to == "accueil"
    call = Call(polyglot)
    call.says(SPANISH)
    call.is_silent(1)
    assert call.is_silent(2).transfer_to == "accueil"


def test_after_the_offer_french_is_french(desk: Desk) -> None:
    call = Call(desk)
    call.says("Parlez-vous espagnol ?")
    reply = call.says("Bon, alors je voudrais refaire ma carte d'identité")
    assert (reply.language, reply.sheet) == ("fr", "carte-identite")
    assert call.state.hearing == "fr"


def test_without_english_an_english_caller_gets_a_person(french_only: Desk) -> None:
    call = Call(french_only)
    reply = call.says("What time do you open on Saturday?")
    assert [part.language for part in reply.parts] == ["en", "fr"]
    assert call.keys("1").action == "message"
    alarm = Call(french_only).says("Help, there is a fire in my kitchen!")
    assert (alarm.action, alarm.say.count("112")) == ("emergency", 4)


# --- what is refused


def test_a_sheet_in_a_language_that_nobody_is_answered_in_is_refused() -> None:
    head = "id: a\ntitle: A\nservice: s\nstatus: validée\nowner: o\nsource: s\nlang: es"
    with pytest.raises(SheetError, match="lang: 'es' is none of fr, en"):
        parse_sheet(f"---\n{head}\n---\nHola.\n", Path("a.md"))


def test_a_language_that_does_not_exist_is_refused_in_the_configuration() -> None:
    from pydantic import ValidationError

    from deploy.config import LanguageSettings

    assert LanguageSettings().offered == ("en",)
    with pytest.raises(ValidationError, match="offered"):
        LanguageSettings(offered=("klingon",))
