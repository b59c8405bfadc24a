"""Coming in and going out: login and its limit, the post one acts from, the look of the pages, and errors in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from jieban.accounts.actor import Role
from tests import factories, verbs
from tests.portal.pages import browser, text

HERE = Path(__file__).parent
LOGIN = {"username": "li.jing", "password": factories.PASSWORD}
FIGURES = {"reports", "exports", "forecasts"}
# role → unit of the toy city, and the pages that role may open
POSTS = {
    "agent": ("hall", {"seat", "orders", "knowledge"}),
    "dispatcher": ("hall", {"dispatch", "orders", "appraisal", "knowledge"}),
    "supervisor": ("hall", {"seat", "dispatch", "callback", "overview", "orders", "appraisal", "knowledge"} | FIGURES),
    "clerk": ("mill", {"desk", "today", "orders", "appraisal", "knowledge"} | FIGURES),
    "chief": ("mill", {"desk", "today", "overview", "orders", "appraisal", "knowledge"} | FIGURES),
    "district": ("north", {"dispatch", "desk", "today", "overview", "orders", "appraisal", "knowledge"} | FIGURES),
    "callback": ("hall", {"callback", "orders", "appraisal", "knowledge"}),
    "leader": ("hall", {"overview", "orders", "appraisal", "knowledge", "callback"} | FIGURES),
    "auditor": ("hall", {"overview", "orders", "appraisal", "knowledge"} | FIGURES),
    "knowledge": ("hall", {"knowledge"}),
    "admin": ("hall", {"people", "knowledge"}),
}
PAGES = (
    "seat",
    "dispatch",
    "desk",
    "today",
    "callback",
    "overview",
    "orders",
    "appraisal",
    "knowledge",
    "people",
    *sorted(FIGURES),
)


@pytest.fixture
def agent(toy):
    person = factories.a_person("李静", username="li.jing", password=factories.PASSWORD)
    return factories.a_post(Role.AGENT, verbs.unit("hall"), person=person)


def test_login_leads_to_the_page_of_the_post(agent, client: Client) -> None:
    response = client.post("/login", LOGIN, follow=True)
    assert response.redirect_chain[-1][0] == "/seat"
    assert "李静" in text(response)


def test_login_with_a_wrong_password_keeps_the_name(agent, client: Client) -> None:
    page = text(client.post("/login", {**LOGIN, "password": "not-this-one"}))
    assert "用户名或密码不对" in page
    assert 'value="li.jing"' in page


def test_login_is_locked_after_five_wrong_passwords(agent, client: Client) -> None:
    for _ in range(5):
        response = client.post("/login", {**LOGIN, "password": "not-this-one"})
    assert response.status_code == 429
    assert "15 分钟" in text(response)
    assert client.post("/login", LOGIN).status_code == 429


@pytest.mark.parametrize("page", PAGES)
def test_page_asks_strangers_to_log_in(toy, client: Client, page: str) -> None:
    assert client.get(f"/{page}").headers["Location"] == f"/login?next=/{page}"


@pytest.mark.parametrize("role", POSTS)
def test_role_opens_its_pages_and_no_other(toy, role: str) -> None:
    unit, allowed = POSTS[role]
    visitor = browser(role, unit)
    opened = {page for page in PAGES if visitor.get(f"/{page}").status_code == 200}
    refused = {page for page in PAGES if visitor.get(f"/{page}").status_code == 403}
    assert (opened, refused) == (allowed, set(PAGES) - allowed)


@pytest.mark.parametrize("role", POSTS)
def test_rail_names_the_pages_of_the_role(toy, role: str) -> None:
    unit, allowed = POSTS[role]
    page = text(browser(role, unit).get("/me"))
    assert set(re.findall(r'<a href="/(\w+)" class="jb-rail-item', page)) == allowed


def test_person_without_a_post_is_told_whom_to_ask(toy, client: Client) -> None:
    client.force_login(factories.a_person(), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/home")
    assert response.status_code == 403
    assert "没有岗位" in text(response)


def test_second_post_is_chosen_and_acted_from(agent) -> None:
    second = factories.a_post(Role.CLERK, verbs.unit("mill"), person=agent.person)
    visitor = Client()
    visitor.force_login(agent.person, backend="django.contrib.auth.backends.ModelBackend")
    assert visitor.get("/home").headers["Location"] == "/seat"
    visitor.post("/me/post", {"post": second.pk})
    assert visitor.get("/home").headers["Location"] == "/desk"


def test_post_of_somebody_else_cannot_be_chosen(agent) -> None:
    other = factories.a_post(Role.CLERK, verbs.unit("mill"))
    visitor = Client()
    visitor.force_login(agent.person, backend="django.contrib.auth.backends.ModelBackend")
    assert visitor.post("/me/post", {"post": other.pk}).status_code == 400
    assert visitor.get("/home").headers["Location"] == "/seat"


def test_look_is_kept_and_leads_back(toy, client: Client) -> None:
    response = client.post("/look", {"size": "125", "next": "/login"})
    assert response.headers["Location"] == "/login"
    assert 'class="jb-size-125"' in text(client.get("/login"))
    client.post("/look", {"theme": "dark", "next": "/login"})
    page = text(client.get("/login"))
    assert ('data-bs-theme="dark"' in page, 'class="jb-size-125"' in page) == (True, True)


def test_look_never_leads_to_another_host(toy, client: Client) -> None:
    assert client.post("/look", {"size": "150", "next": "https://example.org/"}).headers["Location"] == "/"


def test_look_ignores_a_size_that_does_not_exist(toy, client: Client) -> None:
    response = client.post("/look", {"size": "900", "next": "/login"})
    assert "jb_size" not in response.cookies


def test_unknown_page_says_a_way_on(toy, client: Client) -> None:
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert ("没有找到这一页" in text(response), "编号" in text(response)) == (True, True)


def test_form_without_its_token_says_nothing_was_lost(agent) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent.person, backend="django.contrib.auth.backends.ModelBackend")
    response = strict.post("/seat/take", {"content": "x"})
    assert response.status_code == 403
    assert "写的内容保存在这台电脑上" in text(response)


@pytest.mark.parametrize("page", ["login", "seat", "desk", "orders", "people"])
def test_page_names_no_other_host_and_no_inline_style_or_script(toy, page: str) -> None:
    role = {"desk": ("clerk", "mill"), "people": ("admin", "hall")}.get(page, ("agent", "hall"))
    source = text((Client() if page == "login" else browser(*role)).get(f"/{page}"))
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', source) == []
    assert re.findall(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", source) == []


def test_templates_carry_no_inline_style_or_handler() -> None:
    folder = HERE.parent.parent / "jieban" / "portal" / "templates"
    found = [
        path.name
        for path in folder.rglob("*.html")
        if re.search(r"\sstyle=\"|\son(?:click|change|input|submit|load)=", path.read_text())
    ]
    assert found == []


def test_address_that_only_takes_forms_says_so_when_opened(toy) -> None:
    response = browser("agent").get("/seat/take")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "这一页不能直接打开" in text(response)
