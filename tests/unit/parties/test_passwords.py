"""Which passwords and logins are taken."""

from __future__ import annotations

import pytest

from schema.problems import Problem, explain
from service.parties.credentials import parse_login
from service.parties.credentials.passwords import Hashing, check_password


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password.too-short"),
        ("abcdefgh1jk", "password.too-short"),
        ("correct horse " * 10, "password.too-long"),
        ("Wang.Li-Station", "password.is-name"),
        ("青岛冷链首站定点仓储有限公司", "password.is-name"),
        ("Password1234", "password.too-common"),
        ("abababababab", "password.too-common"),
        ("111122223333", "password.too-common"),
        ("123456789012", "password.too-common"),
        ("qwertyuiop12", "password.too-common"),
        ("QWERTYUIOP12", "password.too-common"),
        (" qwertyuiop12 ", "password.too-common"),
        ("abcdefghijkmno", "password.too-common"),
        ("zhangwei1234", "password.too-common"),
        ("wang.li-station2026", "password.is-name"),
        ("2026Wang.LI-station!", "password.is-name"),
        ("ColdLedger2026", "password.is-name"),
        ("冷链账本冷链账本冷链账本", "password.is-name"),
        ("青岛冷链首站定点仓储有限公司2026", "password.is-name"),
    ],
)
def test_refused(password: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        check_password(password, "wang.li-station", None, "青岛冷链首站定点仓储有限公司")
    assert (caught.value.code, caught.value.field) == (code, "/password")
    for language in ("en", "zh"):
        assert password not in explain(caught.value, language).detail or not password


@pytest.mark.parametrize(
    "password",
    [
        "abcdefgh1jkm",
        "x1y2z" * 25 + "abc",
        "青岛港到武汉的冷链追溯要紧",
        "wang.li six and more",
        "all small letters",
        "492759375032",
    ],
)
def test_taken(password: str) -> None:
    check_password(password, "wang.li")


@pytest.mark.parametrize(
    ("text", "login"),
    [("abc", "abc"), (" Wang.Li@Example.com ", "wang.li@example.com"), ("a" * 64, "a" * 64)],
)
def test_logins_have_one_form(text: str, login: str) -> None:
    assert parse_login(text) == login


@pytest.mark.parametrize("text", ["", "ab", "a" * 65, ".abc", "abc-", "a b c", "王力王力", "a\0bc"])
def test_no_logins(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_login(text)
    assert caught.value.code == "user.login-format"


async def test_a_password_is_kept_as_argon2id_and_composed_in_one_way() -> None:
    hashing = Hashing()
    stored = await hashing.hash("cafe\u0301 au lait froid")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await hashing.verify(stored, "café au lait froid")
    assert not await hashing.verify(stored, "cafe au lait froid")


async def test_where_nothing_is_stored_nothing_is_right() -> None:
    assert not await Hashing().verify(None, "the password of nobody")
