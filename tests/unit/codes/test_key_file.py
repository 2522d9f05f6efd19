"""The file of private label keys: the account's own, whole or not at all, and silent about what is in it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schema.problems import LANGUAGES, Problem, explain
from schema.signed_code import IDS, key_id
from service.codes import key_file
from service.codes.key_file import KeyFile
from tests.signed_labels import private


def id_of(key: Ed25519PrivateKey) -> str:
    return key_id(key.public_key().public_bytes_raw())


NOTHING: frozenset[str] = frozenset()


def test_what_was_made_is_there_again(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "trust" / "label.keys")
    assert file.read() == {}
    first = file.unused(NOTHING)
    made = [first, file.unused(frozenset({id_of(first)}))]
    found = KeyFile(file.path).read()
    assert [key.private_bytes_raw() for key in found.values()] == [key.private_bytes_raw() for key in made]
    assert list(found) == [id_of(key) for key in made]


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "trust" / "label.keys")
    file.unused(frozenset({id_of(file.unused(NOTHING))}))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_an_id_is_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Draws:
        """Keys in a known order; the first of them is in the file, both it and the second are registered."""

        numbers = iter((1, 1, 2, 3))

        @classmethod
        def generate(cls) -> Ed25519PrivateKey:
            return private(next(cls.numbers))

        from_private_bytes = Ed25519PrivateKey.from_private_bytes

    monkeypatch.setattr(key_file, "Ed25519PrivateKey", Draws)
    file = KeyFile(tmp_path / "label.keys")
    file.unused(NOTHING)
    assert id_of(file.unused(frozenset(map(id_of, (private(1), private(2)))))) == id_of(private(3))


def test_two_who_add_at_once_lose_nothing(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "label.keys")
    first = id_of(file.unused(NOTHING))
    with ThreadPoolExecutor(8) as threads:
        made = {id_of(key) for key in threads.map(lambda _: file.unused(frozenset({first})), range(16))}
    assert set(file.read()) == made | {first}
    assert len(made) == 1


def test_however_often_one_is_refused_one_key_waits(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "label.keys")
    assert len({id_of(file.unused(NOTHING)) for _ in range(3)}) == 1
    assert len(file.read()) == 1


def test_when_every_id_is_given_that_is_said(tmp_path: Path) -> None:
    every = frozenset(f"{number:04}" for number in range(IDS))
    file = KeyFile(tmp_path / "label.keys")
    with pytest.raises(Problem) as caught:
        file.unused(every)
    assert caught.value.code == "label-key.none-left"
    assert all(str(IDS) in explain(caught.value, language).detail for language in LANGUAGES)
    assert file.read() == {}


@pytest.mark.parametrize("line", ["7K", "7K secret!", "7K " + "A" * 44, "é", "\n"])
def test_a_line_that_is_no_key_is_told_and_not_repeated(tmp_path: Path, line: str) -> None:
    file = KeyFile(tmp_path / "label.keys")
    file.path.write_text(line + "\n", encoding="utf-8")
    for act in (file.read, lambda: file.unused(NOTHING)):
        with pytest.raises(Problem) as caught:
            act()
        assert caught.value.code == "label-key.unreadable"
        for language in LANGUAGES:
            assert "secret" not in explain(caught.value, language).detail
            assert str(file.path) in explain(caught.value, language).detail


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "trust").write_text("a file stands here", encoding="utf-8")
    with pytest.raises(Problem) as caught:
        KeyFile(tmp_path / "trust" / "label.keys").unused(NOTHING)
    assert caught.value.code == "label-key.unreadable"
