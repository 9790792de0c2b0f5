"""Writing instead of speaking: the same desk, tickets and records, over HTTP, with its limits."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from dialog.continuing import WritingPage
from dialog.desk import Desk
from dialog.search import Index
from dialog.sheets import Sheet
from dialog.state import State
from dialog.town import Town
from records import Channel, Outcome, RecordsError
from tests.dialog.conftest import EVENING, index, sheets, town
from tests.telephony.written_town import PHONE, Limits, Phone, Visitor, Web, opened

__all__ = ["index", "sheets", "town"]

HOURS = "Quels papiers pour une carte d'identité ?"


@pytest.fixture(scope="module")
def desk(town: Town, sheets: list[Sheet], index: Index) -> Desk:
    from tests.dialog.conftest import OPEN

    return Desk(town, sheets, index, clock=lambda: OPEN, writing=WritingPage("valmont.example"))


# -- a conversation ---------------------------------------------------------------------------


async def test_a_question_is_answered_from_its_sheet_and_remembered(
    desk: Desk, tmp_path: Path
) -> None:
    async with opened(desk, tmp_path) as web:
        # 1. an artificial intelligence says so before anything is asked (A01)
        visitor = await web.visitor()
        greeting = visitor.last["say"]
        assert "intelligence artificielle" in greeting
        assert "vocal" not in greeting
        assert "tapez" not in greeting
        # 2. the words are the sheet's
        said = await visitor.says(HOURS)
        # 3. the records hold both turns, on the channel of writing, answered to the end
        view = await web.call()
    assert view.call.channel is Channel.TEXT
    assert view.call.caller_number == ""
    assert [turn.number for turn in view.turns] == [0, 1]
    asked = view.turns[1]
    assert (asked.heard, asked.reply, asked.played) == (HOURS, said, said)
    assert asked.sheet_id == "carte-identite"
    assert asked.sentences
    assert all(sentence in said for sentence in asked.sentences)


async def test_a_message_leaves_the_same_ticket_as_a_call(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        await visitor.says("Je voudrais laisser un message", "Jean Martin", "la haie du voisin")
        # no ear to repeat for: the number is read back once, and oui or non can be chosen
        said = await visitor.says("06 12 34 56 78")
        assert "Je répète" not in said
        assert "06 12 34 56 78" in said
        assert visitor.choices == ["Oui", "Non"]
        await visitor.says("Oui", "demain matin")
        said = await visitor.says("Oui")
        reference = re.search(r"référence est le (\d{3}) (\d{3})", said)
        assert reference is not None, said
        assert "tapez" not in said
        ticket = await web.records.find_ticket(reference[1] + reference[2])
        view = await web.call()
    assert ticket.call_id == view.call.id
    assert ticket.complete
    assert ticket.fields["phone"] == "0612345678"
    assert ticket.fields["name"] == "Jean Martin"


async def test_goodbye_ends_it_and_nothing_can_be_added(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        said = await visitor.says("Au revoir")
        assert visitor.last["ended"] is True
        assert "appel" not in said
        again = await visitor.post("Encore une question")
        assert again.status_code == 404
        assert "terminée" in again.json()["error"]
        assert web.writing.active == 0
        assert (await web.call()).call.outcome is Outcome.COMPLETED


async def test_a_clarifying_question_is_answered_by_its_number(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        asked = State(
            written=True,
            awaiting="choice",
            choices=("passeport", "carte-identite"),
            question="combien ça coûte, pour les papiers ?",
        )
        (conversation,) = web.writing._conversations.values()
        monkeypatch.setattr(conversation, "_state", asked)
        await visitor.says("2")
        assert (await web.call()).turns[-1].sheet_id == "carte-identite"


# -- what writing cannot do -------------------------------------------------------------------


async def test_a_person_is_a_number_with_hours_and_a_message(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        said = await visitor.says("Je voudrais parler à un agent")
        assert "02 61 91 50 00" in said
        assert "le lundi et le mardi de 9h à 12h" in said
        assert "Ne quittez pas" not in said
        assert visitor.choices == ["Oui", "Non"]
        # "oui" leaves a message for that service
        assert "À quel nom" in await visitor.says("Oui")
        view = await web.call()
        assert view.call.outcome is Outcome.IN_PROGRESS
        assert view.turns[1].action == "transfer"


async def test_a_person_in_the_evening(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        web.at = EVENING
        said = await (await web.visitor()).says("un agent")
        assert "02 61 91 50 00" in said
        assert "demain" in said


async def test_a_person_asked_for_in_a_form_comes_back_to_the_form(
    desk: Desk, tmp_path: Path
) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        await visitor.says("Je voudrais laisser un message")
        said = await visitor.says("un agent")
        assert "02 61 91 50 00" in said
        assert said.endswith("À quel nom ?")
        assert "C'est à quel sujet ?" in await visitor.says("Petit")


@pytest.mark.parametrize("at_night", [False, True])
async def test_an_emergency_names_the_sms_number_first(
    desk: Desk, tmp_path: Path, at_night: bool
) -> None:
    async with opened(desk, tmp_path) as web:
        web.at = EVENING if at_night else web.at
        visitor = await web.visitor()
        await visitor.says("Je voudrais laisser un message")
        said = await visitor.says("Au secours, ma mère ne respire plus")
        assert said.startswith("Si vous ne pouvez pas parler ou entendre, envoyez un SMS au 114.")
        assert "le 15, le 18 ou le 112" in said
        assert said.count("114") == 1
        assert "raccrochez" not in said
        assert "Je répète" not in said
        assert "02 61 91 50 90" in said  # the duty post
        turn = (await web.call()).turns[-1]
        assert (turn.action, turn.reply) == ("emergency", said)


async def test_repeat_and_slower_answer_kindly(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        first = await visitor.says(HOURS)
        assert await visitor.says("Répétez") == first
        slower = await visitor.says("plus lentement s'il vous plaît")
        assert slower.startswith("D'accord. Prenez votre temps")
        assert slower.endswith(first)


async def test_a_figure_alone_is_a_key(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        assert "02 61 91 50 00" in await visitor.says("0")
        assert "À quel nom" in await visitor.says("1")


async def test_the_desk_fails_and_the_visitor_is_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()

        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr(desk, "hear", broken)
        said = await visitor.says("Bonjour")
        assert "souci technique" in said
        assert PHONE in said


# -- bad input --------------------------------------------------------------------------------


async def test_markup_is_kept_as_text(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        words = '<script>alert("x")</script> & <b>gras</b>'
        answer = await visitor.post(words)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert (await web.call()).turns[1].heard == words


@pytest.mark.parametrize(
    ("text", "status", "tells"),
    [
        ("", 422, "par exemple"),
        (" \n\t ", 422, "par exemple"),
        ("\u0000\u0007", 422, "par exemple"),
        ("a" * 1001, 413, "1000 caractères"),
        ("é" * 30_000, 413, "1000 caractères"),
        (12, 422, PHONE),
        (None, 422, PHONE),
        (["oui"], 422, PHONE),
    ],
)
async def test_a_wrong_message_gets_a_french_sentence(
    desk: Desk, tmp_path: Path, text: object, status: int, tells: str
) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        answer = await visitor.post(text)
        assert answer.status_code == status
        assert tells in answer.json()["error"]
        assert len((await web.call()).turns) == 1  # only the greeting


async def test_the_longest_message_and_any_character_are_taken(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        assert (await visitor.post("😀" * 1000)).status_code == 200
        assert (await visitor.post("bonjour\u202e\x7f là")).status_code == 200


@pytest.mark.parametrize("kind", ["no token", "another's", "of nobody", "unknown", "not ascii"])
async def test_only_the_one_who_began_goes_on(desk: Desk, tmp_path: Path, kind: str) -> None:
    async with opened(desk, tmp_path) as web:
        visitor, other = await web.visitor(), await web.visitor()
        token = {"another's": other.token, "not ascii": "\u00e9\u00e8"}.get(kind, "x" * 43)
        headers = {} if kind == "no token" else {"X-Conversation-Token": token.encode("latin-1")}
        path = "/written/nobody" if kind == "unknown" else f"/written/{visitor.id}"
        answer = await web.http.post(path, json={"text": "oui"}, headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 404
        assert visitor.token not in answer.text
        gone = await web.http.post(f"{path}/leave", json={}, headers=headers)  # type: ignore[arg-type]
        assert gone.status_code == 204
        await visitor.says("bonjour")  # nobody else could end it


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://mairie.test.evil.example"},
    ],
)
async def test_another_site_cannot_write_for_a_visitor(
    desk: Desk, tmp_path: Path, headers: dict[str, str]
) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        assert (await visitor.post("oui", **headers)).status_code == 403
        assert (await web.http.post("/written", json={}, headers=headers)).status_code == 403
        # a form of another site cannot even say that it sends JSON
        form = await web.http.post("/written", content=b"{}")
        assert form.status_code == 415
        ours = {"Origin": "http://mairie.test", "Sec-Fetch-Site": "same-origin"}
        assert (await visitor.post("bonjour", **ours)).status_code == 200


# -- limits -----------------------------------------------------------------------------------


async def test_fifty_begin_at_once_and_each_has_its_own(desk: Desk, tmp_path: Path) -> None:
    limits = Limits(begun_by_one=100, begun_per_minute=100)
    async with opened(desk, tmp_path, limits=limits) as web:
        answers = await asyncio.gather(*(web.http.post("/written", json={}) for _ in range(51)))
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [200] * 50 + [503]
        begun = [answer.json() for answer in answers if answer.status_code == 200]
        assert len({one["token"] for one in begun}) == 50
        assert web.writing.active == 50
        # they are answered side by side
        said = await asyncio.gather(*(Visitor(web, one).says("Répétez") for one in begun[:10]))
        assert all("intelligence artificielle" in one for one in said)
    calls = {one["conversation"] for one in begun}
    assert len(calls) == 50


async def test_one_visitor_and_all_visitors_are_slowed_down(desk: Desk, tmp_path: Path) -> None:
    limits = Limits(begun_by_one=2, turns_of_one=2)
    async with opened(desk, tmp_path, limits=limits) as web:
        visitor = await web.visitor()
        await web.visitor()
        third = await web.http.post("/written", json={})
        assert third.status_code == 429
        assert PHONE in third.json()["error"]
        await visitor.says("bonjour", "merci")
        assert (await visitor.post("bonjour")).status_code == 429
        web.seconds += 61
        await visitor.says("bonjour")
        await web.visitor()


async def test_two_turns_at_once_are_not_mixed(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        codes = [a.status_code for a in await asyncio.gather(*[visitor.post(HOURS)] * 1)]
        both = await asyncio.gather(visitor.post("bonjour"), visitor.post("merci"))
        assert codes == [200]
        assert sorted(answer.status_code for answer in both) == [200, 409]


async def test_an_idle_conversation_ends_and_keeps_what_was_begun(
    desk: Desk, tmp_path: Path
) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        await visitor.says("Je voudrais laisser un message", "Petit")
        # 1. it lasts as long as it may
        web.seconds += 1799
        assert await web.writing.expire() == 0
        # 2. then it ends as a call does when the caller hangs up
        web.seconds += 1
        assert await web.writing.expire() == 1
        view = await web.call()
        (ticket,) = await web.records.tickets_of(view.call.id)
        assert (ticket.complete, ticket.fields["name"]) == (False, "Petit")
        assert view.call.outcome is Outcome.HUNG_UP
        assert (await visitor.post("bonjour")).status_code == 404


async def test_closing_the_page_keeps_what_was_begun(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        await visitor.says("Je voudrais laisser un message", "Petit")
        left = await web.http.post(
            f"/written/{visitor.id}/leave",
            json={},
            headers={"X-Conversation-Token": visitor.token},
        )
        assert left.status_code == 204
        (ticket,) = await web.records.open_tickets()
        assert not ticket.complete


async def test_the_server_stops_and_keeps_what_was_begun(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        await visitor.says("Je voudrais laisser un message", "Petit")
        web.writing.refuse_new()
        refused = await web.http.post("/written", json={})
        assert refused.status_code == 503
        assert "redémarre" in refused.json()["error"]
        await visitor.says("la haie du voisin")  # whoever is here may go on
        await web.writing.close()
        assert len(await web.records.open_tickets()) == 1


async def test_a_town_that_does_not_take_writing_says_so(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path, enabled=False) as web:
        answer = await web.http.post("/written", json={})
        page = (await web.http.get("/")).text
    sentence = f"Cette page ne permet pas d'écrire. Appelez la mairie au {PHONE}."
    assert (answer.status_code, answer.json()["error"]) == (503, sentence)
    assert sentence.replace("'", "&#x27;") in page


async def test_a_ticket_that_cannot_be_written_is_not_promised(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        await visitor.says(
            "Je voudrais laisser un message", "Petit", "la haie", "je n'ai pas de téléphone"
        )

        async def full(_: object) -> None:
            raise RecordsError("the disk is full")

        monkeypatch.setattr(web.records, "add_ticket", full)
        said = await visitor.says("oui")
        assert "je n'arrive pas à enregistrer" in said
        assert "référence" not in said
        await visitor.says(HOURS)  # and the conversation goes on


# -- a call that goes on in writing -----------------------------------------------------------

GIVEN = re.compile(r"Référence (\d{3}) (\d{3}), code (\d{3}) (\d{3})")


def given(said: str) -> tuple[str, str]:
    """Reference and code, as a caller notes them."""
    match = GIVEN.search(said)
    assert match is not None, said
    return match[1] + match[2], match[3] + match[4]


async def resume(web: Web, reference: str, code: str) -> Any:
    return await web.http.post("/written/resume", json={"reference": reference, "code": code})


@pytest.mark.parametrize(
    "asks",
    [
        "Est-ce que je peux continuer par écrit ?",
        "je préfère écrire",
        "Je suis malentendant.",
        "j'entends très mal au téléphone",
        "par écrit s'il vous plaît",
    ],
)
async def test_a_call_goes_on_with_what_was_said(desk: Desk, tmp_path: Path, asks: str) -> None:
    async with opened(desk, tmp_path) as web:
        # 1. by telephone: a question, then the wish to write; on request only
        phone = await Phone.rings(web)
        answered = await phone.says(HOURS)
        assert "code" not in answered
        said = await phone.says(asks)
        reference, code = given(said)
        assert "valmont.example" in said
        assert len(said.split()) <= 55
        await phone.hangs_up()
        # 2. in writing: the last replies are shown, without the code
        answer = await resume(web, f"{reference[:3]} {reference[3:]}", code)
        assert answer.status_code == 200, answer.text
        visitor = Visitor(web, answer.json())
        assert answered in " ".join(visitor.last["earlier"])
        assert code not in answer.text
        assert f"{code[:3]} {code[3:]}" not in answer.text
        # 3. and what was spoken of is still known
        await visitor.says("c'est payant ?")
        view = await web.call()
    assert view.turns[-1].sheet_id == "carte-identite"
    assert [event.kind for event in view.events] == ["resumed_call"]
    assert view.call.channel is Channel.TEXT


async def test_hardly_hearing_is_first_a_reason_to_repeat(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        phone = await Phone.rings(web)
        first = await phone.says(HOURS)
        assert await phone.says("Je n'entends pas bien") == first
        given(await phone.says("Je n'entends toujours pas bien"))


async def test_a_form_goes_on_and_its_ticket_is_the_same(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        # 1. a message is begun by telephone, and left in the middle
        phone = await Phone.rings(web)
        await phone.says("Je voudrais laisser un message", "Madame Dupont")
        reference, code = given(await phone.says("je préfère continuer par écrit"))
        await phone.hangs_up()
        (begun,) = await web.records.open_tickets()
        assert not begun.complete
        # 2. the question that was open is asked again; one ticket comes of it
        visitor = Visitor(web, (await resume(web, reference, code)).json())
        assert visitor.last["say"].endswith("C'est à quel sujet ?")
        said = await visitor.says("la cantine", "je n'ai pas de téléphone", "oui")
        assert f"{begun.reference[:3]} {begun.reference[3:]}" in said
        (ticket,) = await web.records.open_tickets()
    assert (ticket.id, ticket.reference) == (begun.id, begun.reference)
    assert ticket.complete
    assert ticket.fields["name"] == "madame Dupont"
    assert "cantine" in ticket.fields["subject"]
    assert [event.kind for event in ticket.events] == ["created", "went_on"]


async def test_the_reference_is_that_of_the_ticket(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        phone = await Phone.rings(web)
        said = await phone.says(
            "Je voudrais laisser un message", "Petit", "la haie", "pas de téléphone", "oui"
        )
        reference, _ = given(await phone.says("je voudrais continuer par écrit"))
        assert f"{reference[:3]} {reference[3:]}" in said


async def test_the_code_is_never_written_down(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        phone = await Phone.rings(web)
        await phone.says(HOURS)
        said = await phone.says("continuer par écrit")
        _, code = given(said)
        # even when it is said again, in figures or in the words of the voice
        assert await phone.says("répétez") == said
        turn = await phone.ledger.begin(desk.filler(phone.state), None)
        spoken = "Référence quatre huit deux, neuf un trois, code sept cinq"
        await phone.ledger.finish(
            turn, desk.filler(phone.state), played=spoken, interrupted=True, timings={}
        )
        view = await web.call()
    written = "".join(turn.reply + (turn.played or "") for turn in view.turns)
    assert "code [code]" in written
    assert "sept cinq" not in written
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert code.encode() not in content
    assert f"{code[:3]} {code[3:]}".encode() not in content


async def test_wrong_codes_and_unknown_references_look_the_same_then_lock(
    desk: Desk, tmp_path: Path
) -> None:
    limits = Limits(tries_by_one=100, begun_by_one=100)
    async with opened(desk, tmp_path, limits=limits) as web:
        phone = await Phone.rings(web)
        reference, code = given(await phone.says("continuer par écrit"))
        wrong = str(999_999 - int(code)).zfill(6)
        unknown = str(1_099_999 - int(reference)).zfill(6)
        # 1. nothing tells a wrong code from an unknown reference; the number alone is nothing
        one, other = await resume(web, reference, wrong), await resume(web, unknown, code)
        assert one.status_code == other.status_code == 404
        assert one.json() == other.json()
        assert (await resume(web, reference, reference)).json() == one.json()
        # 2. after five wrong tries the right code is refused too, with the same words
        for _ in range(3):
            assert (await resume(web, reference, wrong)).status_code == 404
        assert (await resume(web, reference, code)).json() == one.json()
        # 3. the caller may ask for another code
        reference, code = given(await phone.says("continuer par écrit"))
        assert (await resume(web, reference, code)).status_code == 200


async def test_a_right_code_forgives_the_wrong_ones(desk: Desk, tmp_path: Path) -> None:
    limits = Limits(tries_by_one=100, begun_by_one=100)
    async with opened(desk, tmp_path, limits=limits) as web:
        phone = await Phone.rings(web)
        reference, code = given(await phone.says("continuer par écrit"))
        for _ in range(2):
            for _ in range(4):
                assert (await resume(web, reference, "100000")).status_code == 404
            assert (await resume(web, reference, code)).status_code == 200


async def test_parallel_guesses_get_no_more_tries(desk: Desk, tmp_path: Path) -> None:
    limits = Limits(tries_by_one=100, begun_by_one=100)
    async with opened(desk, tmp_path, limits=limits) as web:
        phone = await Phone.rings(web)
        reference, code = given(await phone.says("continuer par écrit"))
        guesses = [f"{n:06d}" for n in range(100_001, 100_013) if f"{n:06d}" != code]
        answers = await asyncio.gather(*(resume(web, reference, guess) for guess in guesses))
        assert {answer.status_code for answer in answers} == {404}
        assert (await resume(web, reference, code)).status_code == 404


async def test_one_visitor_cannot_try_many_references(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        codes = [(await resume(web, f"48291{n}", "751204")).status_code for n in range(8)]
    assert codes == [404] * 6 + [429] * 2


async def test_a_code_holds_for_two_days(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        phone = await Phone.rings(web)
        reference, code = given(await phone.says("continuer par écrit"))
        web.records_clock.move(hours=47.9)
        assert (await resume(web, reference, code)).status_code == 200
        web.records_clock.move(hours=0.2)
        assert (await resume(web, reference, code)).status_code == 404
        assert await web.records.forget_resumptions() == 1


async def test_coming_back_takes_the_place_of_the_other_window(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        phone = await Phone.rings(web)
        reference, code = given(await phone.says("continuer par écrit"))
        first = Visitor(web, (await resume(web, reference, code)).json())
        await first.says("Je voudrais laisser un message", "Petit")
        second = Visitor(web, (await resume(web, reference, code)).json())
        # what was written in the first window is known in the second
        assert second.last["say"].endswith("C'est à quel sujet ?")
        assert (await first.post("la haie")).status_code == 404
        await second.says("la haie", "pas de téléphone", "oui")
        (ticket,) = await web.records.open_tickets()
        assert ticket.complete
        assert web.writing.active == 1


@pytest.mark.parametrize(
    ("reference", "code"),
    [("", ""), ("482913", ""), ("48291", "751204x"), ("4829131", "751204"), ("é" * 6, "1" * 6)],
)
async def test_a_wrong_form_is_told_with_an_example(
    desk: Desk, tmp_path: Path, reference: str, code: str
) -> None:
    async with opened(desk, tmp_path) as web:
        answer = await resume(web, reference, code)
        assert answer.status_code == 422
        assert "482 913" in answer.json()["error"]


async def test_a_town_may_switch_it_off(
    town: Town, sheets: list[Sheet], index: Index, desk: Desk, tmp_path: Path
) -> None:
    closed = Desk(
        town, sheets, index, clock=lambda: EVENING, writing=WritingPage("ici", resume=False)
    )
    async with opened(closed, tmp_path, resume=False) as web:
        phone = await Phone.rings(web)
        said = await phone.says("continuer par écrit")
        assert said == "Vous pouvez écrire à la mairie sur ici."
        assert (await resume(web, "482913", "751204")).status_code == 503
        assert "hidden>" in (await web.http.get("/")).text.partition('id="resume"')[2][:12]


async def test_whoever_writes_already_is_told_so(desk: Desk, tmp_path: Path) -> None:
    async with opened(desk, tmp_path) as web:
        visitor = await web.visitor()
        said = await visitor.says("je préfère continuer par écrit")
        assert said == "Vous êtes déjà en conversation écrite."


async def test_the_database_is_gone_when_the_code_is_asked_for(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(desk, tmp_path) as web:
        phone = await Phone.rings(web)

        async def full(*_: object) -> None:
            raise RecordsError("the disk is full")

        monkeypatch.setattr(web.records, "offer_resumption", full)
        decision = desk.hear(phone.state, "continuer par écrit", at=web.at)
        assert decision.resume is not None
        assert not await phone.ledger.offer(decision.resume, decision.state)
        told = desk.not_resumable(decision.state).reply.say
        assert "je n'arrive pas à préparer" in told
        assert "code" not in told
