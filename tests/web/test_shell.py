"""What every page goes through: headers, languages, error pages, logins, sessions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Conflict, NotFound, NotPermitted, Refused
from tests.cast import PASSWORD
from tests.conftest import Person, make_app, make_settings

PAGES = ("/", "/users/list/", "/users/add", "/users/show/1", "/users/userinfo/", "/users/mypassword/", "/nothing")


def test_every_page_has_its_headers_and_only_scripts_of_ours(client_for: Any) -> None:
    admin = client_for("admin")
    for address in PAGES:
        answer = admin.get(address)
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy)
        assert nonce, address
        assert "unsafe" not in policy.split("script-src")[1].split(";")[0]
        page = answer.get_data(as_text=True)
        for script in re.findall(r"<script[^>]*>", page):
            assert f'nonce="{nonce.group(1)}"' in script, script
        assert not re.search(r"\son\w+=\"|javascript:|https?://(?!www\.w3\.org)", page), address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Cache-Control"] == "no-store"


def test_only_the_reader_of_codes_may_compile(client_for: Any) -> None:
    admin = client_for("admin")
    for name, allowed in (("code_reader", True), ("camera", False), ("phone_page", False)):
        with admin.get(f"/static/js/{name}.js") as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert ("'wasm-unsafe-eval'" in policy, "'unsafe-eval'" in policy) == (allowed, False)
    with admin.get("/static/vendor/zxing/zxing_reader.wasm") as library:
        assert library.data.startswith(b"\0asm")


def test_files_are_kept_by_browsers_until_they_change(client_for: Any) -> None:
    """A page asks for its style sheets and scripts once; an address that is not of this version is asked for each time."""
    clerk = client_for("clerk")
    page = clerk.get("/").get_data(as_text=True)
    named = re.findall(r'<(?:link|script)[^>]* (?:href|src)="(/static/[^"]+)"', page)
    assert len(named) > 12
    for address in named:
        assert re.search(r"\?v=[0-9a-f]{10}$", address), address
        with clerk.get(address) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
    for plain, told in (("", "public, max-age=86400"), ("?v=0123456789", "no-cache")):
        for file in ("/static/css/office.css", "/static/appbuilder/css/webfonts/fa-solid-900.woff2"):
            with clerk.get(file + plain) as answer:
                assert answer.headers["Cache-Control"] == told
    assert "immutable" not in clerk.get("/static/css/none.css?v=0123456789").headers.get("Cache-Control", "")


def test_nonces_differ_from_page_to_page(client_for: Any) -> None:
    admin = client_for("admin")
    assert admin.get("/").headers["Content-Security-Policy"] != admin.get("/").headers["Content-Security-Policy"]


def test_the_page_says_its_language_and_switches(client_for: Any) -> None:
    clerk = client_for("clerk")
    assert '<html lang="zh-Hans-CN">' in clerk.get("/").get_data(as_text=True)
    assert clerk.get("/lang/en").status_code == 302
    page = clerk.get("/").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Hello" in page
    assert clerk.get("/lang/xx").status_code == 404


def test_error_pages_are_ours(app: Flask, client_for: Any) -> None:
    clerk = client_for("clerk")
    for address, code, words in (("/nothing", 404, "没有找到"), ("/users/list/", 403, "没有权限")):
        answer = clerk.get(address)
        page = answer.get_data(as_text=True)
        assert answer.status_code == code
        assert words in page
        assert "Traceback" not in page
    anonymous = app.test_client().get("/nothing")
    assert anonymous.status_code == 404
    assert "没有找到" in anonymous.get_data(as_text=True)
    assert app.test_client().get("/api/v1/nothing").is_json


@pytest.mark.parametrize(
    ("error", "code"),
    [(NotFound(), 404), (NotPermitted("x"), 403), (Conflict(), 409), (Refused("This is required."), 400)],
)
def test_a_refusal_that_no_form_caught_is_a_page(app: Flask, error: Refused, code: int) -> None:
    with app.test_request_context("/"):
        answer = app.make_response(app.handle_user_exception(error))
        assert answer.status_code == code
        assert re.search("[一-鿿]", answer.get_data(as_text=True))


def test_a_fault_of_ours_shows_no_stack_trace(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(app.view_functions, "HomeView.index", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().get("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "系统出错了" in page
    assert "secret detail" not in page


def test_a_request_too_large_is_413(app: Flask, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = client_for("clerk")
    token = clerk.token()
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = clerk.client.post("/users/mypassword/", data={"csrf_token": token, "present": "x" * 5000})
    assert answer.status_code == 413
    assert "内容过大" in answer.get_data(as_text=True)


def test_a_forged_host_is_refused(app: Flask) -> None:
    answer = app.test_client().get("/login/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.get_data(as_text=True)


def test_a_wrong_password_is_said_on_the_page(app: Flask) -> None:
    person = Person(app.test_client())
    answer = person.post("/login/", {"username": "clerk", "password": "wrong"})
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.get_data(as_text=True)
    assert person.get("/").status_code == 302


def test_nobody_is_sent_to_another_site_after_login(app: Flask) -> None:
    person = Person(app.test_client())
    answer = person.post("/login/?next=https://evil.example/", {"username": "clerk", "password": PASSWORD})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


def test_a_password_change_ends_the_other_sessions(client_for: Any) -> None:
    here, elsewhere = client_for("clerk"), client_for("clerk")
    wrong = here.post("/users/mypassword/", {"present": "no", "password": "another-one-2", "again": "another-one-2"})
    assert wrong.status_code == 422
    assert 'id="present-error"' in wrong.get_data(as_text=True)
    assert elsewhere.get("/").status_code == 200
    changed = here.post(
        "/users/mypassword/", {"present": PASSWORD, "password": "another-one-2", "again": "another-one-2"}
    )
    assert changed.status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert client_for("clerk", "another-one-2").get("/").status_code == 200


def test_a_token_ends_with_the_password_too(app: Flask, client_for: Any) -> None:
    browser = app.test_client()
    given = {"username": "clerk", "password": PASSWORD, "provider": "db", "refresh": True}
    tokens = browser.post("/api/v1/security/login", json=given).get_json()
    header = {"Authorization": f"Bearer {tokens['access_token']}"}
    refresh = {"Authorization": f"Bearer {tokens['refresh_token']}"}
    assert app.test_client().get("/api/v1/menu/", headers=header).status_code in (200, 403)
    client_for("clerk").post("/users/mypassword/", {"present": PASSWORD, "password": "x" * 12, "again": "x" * 12})
    assert app.test_client().get("/api/v1/menu/", headers=header).status_code == 401
    assert app.test_client().post("/api/v1/security/refresh", headers=refresh).status_code == 401


def test_logging_out_forgets_the_session(client_for: Any) -> None:
    clerk = client_for("clerk")
    assert clerk.post("/logout/", page="/").status_code == 302
    assert clerk.get("/").status_code == 302


@pytest.fixture
def limited(tmp_path: Path) -> Flask:
    app = make_app(make_settings(tmp_path), AUTH_RATE_LIMITED=True, AUTH_RATE_LIMIT="12 per minute")
    with app.app_context(), acting_as(SYSTEM):
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return app


def test_wrong_passwords_are_counted_by_form_and_api_together(limited: Flask) -> None:
    person = Person(limited.test_client())
    token = person.token("/login/")
    given = {"username": "clerk", "password": "wrong"}
    for _attempt in range(6):
        assert person.client.post("/login/", data={**given, "csrf_token": token}).status_code == 401
    for _attempt in range(4):
        assert person.client.post("/api/v1/security/login", json={**given, "provider": "db"}).status_code == 401
    refused = person.client.post("/login/", data={**given, "csrf_token": token})
    assert refused.status_code == 429
    assert "尝试次数过多" in refused.get_data(as_text=True)
    assert person.client.post("/api/v1/security/login", json={**given, "provider": "db"}).status_code == 429
    assert person.client.post("/login/", data={**given, "username": "another", "csrf_token": token}).status_code == 401
    assert person.get("/login/").status_code == 200, "the page itself stays open"
