"""The citizens' pages over HTTP, in the toy city: file, look up, add a word, answer. No script is run here."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from jieban.accounts import actor as actors
from jieban.core import clock, crypto, numbers
from jieban.handling import actions as handling
from jieban.intake import files
from jieban.intake.models import Upload
from jieban.orders.models import Attachment, Entry, Message, Order
from jieban.portal.citizen import proof
from tests import factories, verbs
from tests.portal.citizens import opened, text

PHONE = "13912345678"
WORDS = "There is a pothole at Weaver Court in Mill Parish."


def a_photo(name: str = "photo.jpg", colour: str = "olive") -> SimpleUploadedFile:
    """A real picture of some colour."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def filled(**changed: object) -> dict[str, object]:
    """What a citizen sends with the form."""
    return {
        "content": WORDS,
        "address": "Weaver Court",
        "phone": PHONE,
        "name": "林晓",
        "sms": "on",
        "once": "a",
    } | changed


def test_first_page_names_emergency_lines_and_limits(web) -> None:
    page = text(web.get("/"))
    assert [line in page for line in ("tel:110", "tel:119", "tel:120", "tel:122", "tel:311")] == [True] * 5
    assert re.findall(r"<dt>(\w+)</dt>", page) == ["Urgent", "Quick", "General"]


def test_first_page_sends_staff_to_their_desk(web) -> None:
    person = factories.a_post("clerk", verbs.unit("mill")).person
    web.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert web.get("/").url == "/home"


# --- filing -------------------------------------------------------------------------------------------------------


def test_filing_gives_number_and_receipt(web) -> None:
    answer = web.post("/file", filled())
    order = Order.objects.select_related("contact").get()
    assert answer.url == f"/receipt/{order.number}"
    assert (order.state, order.category, order.place) == ("dispatched", "0101", "e1")
    assert crypto.unseal(order.contact.phone) == PHONE
    assert (order.contact.hide_name, order.contact.sms, order.contact.anonymous) == (True, True, False)
    page = text(web.get(answer.url))
    assert order.number in page
    assert "<b>5678</b>" in page
    assert PHONE not in page


def test_filing_with_an_error_loses_nothing(web) -> None:
    answer = web.post("/file", filled(phone="1391234567", files=[a_photo()], kind="complaint", show_name="on"))
    page = text(answer)
    token = Upload.objects.get().token
    assert answer.status_code == 422
    assert Order.objects.count() == 0
    assert [part in page for part in (WORDS, 'value="1391234567"', 'value="林晓"', 'value="Weaver Court"')] == [
        True
    ] * 4
    assert f'name="upload" value="{token}"' in page
    assert re.search(r'value="complaint" checked', page) is not None
    assert re.search(r'name="show_name" value="on" checked', page) is not None
    web.post("/file", filled(upload=[token], kind="complaint"))
    order = Order.objects.get()
    assert [a.name for a in order.attachments.all()] == ["photo.jpg"]
    assert Upload.objects.get().claimed is True


def test_error_stands_under_its_field_and_takes_the_focus(web) -> None:
    page = text(web.post("/file", filled(phone="1391234567")))
    assert re.search(r'id="id_phone"[^>]*aria-describedby="phone-hint id_phone-err"[^>]*data-first-error', page, re.S)
    assert page.count("data-first-error") == 1


def test_same_form_sent_twice_is_one_order(web) -> None:
    first = web.post("/file", filled())
    again = web.post("/file", filled())
    assert (first.url, Order.objects.count()) == (again.url, 1)


def test_empty_filing_is_asked_for_words(web) -> None:
    answer = web.post("/file", filled(content="  "))
    assert answer.status_code == 422
    assert "请写明您要反映的事" in text(answer)


def test_filing_without_a_phone_offers_anonymity(web) -> None:
    answer = web.post("/file", filled(phone=""))
    assert answer.status_code == 422
    assert "不想留，可以在下面选匿名" in text(answer)
    assert web.post("/file", filled(phone="", anonymous="on")).status_code == 302


def test_anonymous_filing_is_looked_up_by_its_code(web) -> None:
    web.post("/file", filled(phone="", name="林晓", anonymous="on"))
    order = Order.objects.select_related("contact").get()
    code = proof.code(order.number)
    assert (bytes(order.contact.name), bytes(order.contact.phone)) == (b"", b"")
    assert f"{code[:3]} {code[3:]}" in text(web.get(f"/receipt/{order.number}"))
    stranger = Client()
    assert stranger.post("/track", {"number": order.number, "digits": code}).url == f"/track/{order.number}"


def test_wrong_file_is_named_and_the_others_are_kept(web) -> None:
    sent = [a_photo(), SimpleUploadedFile("run.exe", b"MZ\x90\x00" * 9)]
    answer = web.post("/file", filled(files=sent))
    assert answer.status_code == 422
    assert "“run.exe”打不开" in text(answer)
    assert [u.name for u in Upload.objects.all()] == ["photo.jpg"]
    assert Order.objects.count() == 0


def test_files_beyond_the_citys_number_are_refused_by_name(web, toy) -> None:
    most = toy.pack.settings.files_per_order
    answer = web.post("/file/uploads", {"files": [a_photo(f"p{n}.jpg") for n in range(most + 1)]})
    assert Upload.objects.count() == most
    assert f"“p{most}.jpg”没有收" in text(answer)


def test_dropped_file_does_not_go_with_the_filing(web) -> None:
    web.post("/file/uploads", {"files": [a_photo("a.jpg"), a_photo("b.jpg", "teal")]})
    tokens = {upload.name: upload.token for upload in Upload.objects.all()}
    web.post("/file", filled(upload=list(tokens.values()), drop=[tokens["a.jpg"]]))
    assert [a.name for a in Attachment.objects.all()] == ["b.jpg"]


def test_waiting_picture_is_shown_only_until_it_is_filed(web) -> None:
    web.post("/file/uploads", {"files": [a_photo()]})
    token = Upload.objects.get().token
    shown = web.get(f"/file/uploads/{token}")
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    web.post("/file", filled(upload=[token]))
    assert web.get(f"/file/uploads/{token}").status_code == 404


def test_filing_too_often_waits_and_keeps_the_words(web, settings) -> None:
    settings.JIEBAN_FILE_RATE = 1
    web.post("/file", filled())
    answer = web.post("/file", filled(once="b"))
    assert answer.status_code == 429
    assert WORDS in text(answer)
    assert Order.objects.count() == 1


def test_guess_names_the_category_to_confirm(web) -> None:
    page = text(web.post("/file/guess", {"content": WORDS}))
    assert "<b>Potholes</b>" in page
    assert 'name="category" value="0101"' in page


def test_confirmed_guess_is_the_citizens_choice(web) -> None:
    web.post("/file", filled(guess="yes", category="0102"))
    assert Order.objects.get().category == "0102"


def test_refused_guess_chooses_nothing(web) -> None:
    web.post("/file", filled(guess="no", category="0102"))
    assert Order.objects.get().category == "0101"


def test_danger_is_told_while_typing_and_on_the_receipt(web) -> None:
    words = "我们楼三层着火了，浓烟很大，There is a pothole at Weaver Court"
    assert "先打电话，再提交" in text(web.post("/file/guess", {"content": words}))
    page = text(web.get(web.post("/file", filled(content=words)).url))
    assert "请先打电话" in page
    assert page.index("tel:119") < page.index('id="number"')
    assert Order.objects.get().urgency == "2h"


def test_matter_before_a_court_is_told_where_to_go(web) -> None:
    answer = web.post("/file", filled(content="我和装修公司的合同纠纷，法院已经立案审理，请帮我催一下进度。"))
    order = Order.objects.get()
    entry = order.entries.get(move="guide")
    page = text(web.get(answer.url))
    assert order.state == "closed"
    assert entry.records["told"] in page
    assert "这件事该找这里" in page


def test_places_are_suggested_from_the_gazetteer(web) -> None:
    page = text(web.get("/file/places", {"address": "Weaver"}))
    assert re.findall(r'data-code="(\w+)"', page) == ["c1", "e1"]
    assert "地名表里没有" in text(web.get("/file/places", {"address": "Nowhere"}))


def test_receipt_is_closed_to_other_browsers(web) -> None:
    web.post("/file", filled())
    number = Order.objects.get().number
    assert Client().get(f"/receipt/{number}").url == f"/track?number={number}"


# --- looking up ---------------------------------------------------------------------------------------------------


def test_last_four_digits_open_the_order(web) -> None:
    web.post("/file", filled())
    number = Order.objects.get().number
    stranger = Client()
    typed = number.replace("-", "").lower()
    assert stranger.post("/track", {"number": typed, "digits": " 5678 "}).url == f"/track/{number}"
    assert stranger.get(f"/track/{number}").status_code == 200


def test_wrong_digits_and_unknown_number_answer_alike(web) -> None:
    web.post("/file", filled())
    known, unknown = Order.objects.get().number, numbers.number(clock.now().date(), 999_999, "L")
    answers = [Client().post("/track", {"number": number, "digits": "0000"}) for number in (known, unknown)]
    plain = [_without(text(answer), number) for answer, number in zip(answers, (known, unknown), strict=True)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert plain[0] == plain[1]


def _without(page: str, number: str) -> str:
    """The page without the number typed into it and without the form's secrets."""
    return re.sub(r'(name="csrfmiddlewaretoken" value|name="jb-token" content)="[^"]*"', "", page.replace(number, "N"))


def test_slip_in_the_number_is_told_apart(web) -> None:
    web.post("/file", filled())
    number = Order.objects.get().number
    slip = number[:-1] + str((int(number[-1]) + 1) % 10)
    answer = web.post("/track", {"number": slip, "digits": "5678"})
    assert answer.status_code == 422
    assert "有一位不对" in text(answer)


def test_digits_cannot_be_guessed_by_trying(web) -> None:
    web.post("/file", filled())
    number = Order.objects.get().number
    codes = [Client().post("/track", {"number": number, "digits": f"{n:04d}"}).status_code for n in range(12)]
    assert codes == [422] * 10 + [429] * 2
    assert Client().post("/track", {"number": number, "digits": "5678"}).status_code == 429


def test_looking_up_too_often_waits(web, settings) -> None:
    settings.JIEBAN_TRACK_RATE = 2
    number = numbers.number(clock.now().date(), 1, "L")
    codes = [web.post("/track", {"number": number, "digits": "0000"}).status_code for _ in range(3)]
    assert codes == [422, 422, 429]


def test_order_is_closed_without_its_proof(web, toy) -> None:
    order = verbs.dispatched(toy)
    assert web.get(f"/track/{order.number}").url == f"/track?number={order.number}"
    assert web.post(f"/track/{order.number}/remark", {"note": "more"}).url == f"/track?number={order.number}"


def test_borrowed_device_forgets_what_it_opened(web, toy) -> None:
    order = verbs.dispatched(toy)
    assert order.number in text(opened(web, order).get("/track"))
    assert web.post("/track/forget").url == "/track"
    assert order.number not in text(web.get("/track"))
    assert web.get(f"/track/{order.number}").url == f"/track?number={order.number}"


def test_page_tells_who_has_it_and_until_when(web, toy) -> None:
    order = verbs.dispatched(toy)
    page = text(opened(web, order).get(f"/track/{order.number}"))
    assert "Mill Parish" in page
    assert "前答复您" in page
    assert "单位未办结" in page
    assert "等您确认" in page


def test_page_shows_nothing_personal(web, toy) -> None:
    order = verbs.asked(toy)
    page = text(opened(web, order).get(f"/track/{order.number}"))
    assert [word in page for word in ("13800001234", "林晓", "周静")] == [False] * 3


def test_reply_is_the_units_and_the_circle_stays_the_citizens(web, toy) -> None:
    order = verbs.replied(toy)
    page = text(opened(web, order).get(f"/track/{order.number}"))
    assert verbs.REPLY in page
    assert "单位已办结" in page
    assert "您确认已解决" not in page


def test_page_takes_a_constant_number_of_queries(web, toy) -> None:
    short, long = verbs.dispatched(toy), verbs.asked(toy)
    for n in range(12):
        factories.walk(long, "remark", records={"note": f"again {n}"}, by=actors.citizen())
    counts = []
    for order in (short, long):
        opened(web, order).get(f"/track/{order.number}")
        with CaptureQueriesContext(connection) as seen:
            web.get(f"/track/{order.number}")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_remark_reaches_the_record_and_the_units_desk(web, toy) -> None:
    order = verbs.dispatched(toy)
    sent = {"note": "It is deeper now.", "files": [a_photo()]}
    answer = opened(web, order).post(f"/track/{order.number}/remark", sent)
    entry = Entry.objects.get(order=order, move="remark")
    assert answer.url == f"/track/{order.number}"
    assert (entry.role, entry.records) == ("citizen", {"note": "It is deeper now."})
    assert Message.objects.filter(order=order, topic="remark").count() == 2
    page = text(web.get(answer.url))
    assert "It is deeper now." in page
    assert f"/track/{order.number}/files/{Attachment.objects.get(order=order).pk}" in page


def test_remark_that_cannot_be_taken_keeps_its_words(web, toy) -> None:
    order = verbs.asked(toy)
    opened(web, order)
    verbs.say(toy, order, at=factories.AT + timedelta(days=1))
    answer = web.post(f"/track/{order.number}/remark", {"note": "But one more thing."})
    assert answer.status_code == 409


def test_empty_remark_is_asked_for_words(web, toy) -> None:
    order = verbs.dispatched(toy)
    answer = opened(web, order).post(f"/track/{order.number}/remark", {"note": " ", "files": [a_photo()]})
    assert answer.status_code == 422
    assert f'name="upload" value="{Upload.objects.get().token}"' in text(answer)


def test_citizen_sees_own_files_and_those_of_the_reply_only(web, toy) -> None:
    order = verbs.dispatched(toy)
    opened(web, order).post(f"/track/{order.number}/remark", {"note": "See this.", "files": [a_photo()]})
    part = verbs.parts(order)[0]
    clerk, kept = verbs.clerk(part.unit.code), files.store(files.Raw("note.jpg", a_photo(colour="teal").read()))
    inside = Attachment(name="note.jpg", mime=kept.mime, size=kept.size, sha256=kept.sha256, stage="note")
    handling.note([part], text="inside", files=[inside], by=clerk, at=clock.now())
    own, theirs = Attachment.objects.get(order=order, stage="remark"), Attachment.objects.get(order=order, stage="note")
    shown = web.get(f"/track/{order.number}/files/{own.pk}")
    assert (shown.status_code, shown["X-Content-Type-Options"]) == (200, "nosniff")
    assert web.get(f"/track/{order.number}/files/{theirs.pk}").status_code == 404
    assert "note.jpg" not in text(web.get(f"/track/{order.number}"))


# --- both languages, no foreign host ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/file", "/track"])
def test_page_is_english_for_english_readers(web, path) -> None:
    page = text(web.get(path, headers={"accept-language": "en"}))
    left = set(re.findall(r"[\u4e00-\u9fff]+", page)) - {"中文"}
    assert left == set()


def test_order_page_is_english_for_english_readers(web, toy) -> None:
    order = verbs.asked(toy, title="Pothole", content=WORDS)
    opened(web, order)
    page = text(web.get(f"/track/{order.number}", headers={"accept-language": "en"}))
    left = set(re.findall(r"[\u4e00-\u9fff]+", page.replace(verbs.REPLY, ""))) - {"中文"}
    assert left == set()


def test_error_is_english_for_english_readers(web) -> None:
    page = text(web.post("/file", filled(content="", phone="1391234567"), headers={"accept-language": "en"}))
    assert "This number cannot be dialled" in page
    assert "Write what it is about" in page


@pytest.mark.parametrize("path", ["/", "/file", "/track"])
def test_page_asks_nothing_of_other_hosts(web, path) -> None:
    page = text(web.get(path))
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]+"', page) == []
    assert re.findall(r'\sstyle="|<script>|\son\w+="', page) == []
