"""The accounts' key file: made once, whoever comes first, and readable by its owner alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schema.problems import Problem
from service.settings import Settings
from service.trust import open_account_keys


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", trust=tmp_path / "trust")


def test_it_is_made_once(settings: Settings) -> None:
    first = open_account_keys(settings)
    assert open_account_keys(settings) == first
    assert settings.account_key_file.stat().st_mode & 0o777 == 0o600
    assert settings.trust.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in settings.trust.iterdir()] == ["accounts.key"]


def test_processes_that_start_at_once_agree(settings: Settings) -> None:
    with ThreadPoolExecutor(max_workers=8) as threads:
        found = list(threads.map(lambda _: open_account_keys(settings), range(8)))
    assert found == [found[0]] * 8


@pytest.mark.parametrize("text", ["", "no hex", "00" * 31])
def test_a_damaged_one_is_told_and_not_replaced(settings: Settings, text: str) -> None:
    open_account_keys(settings)
    settings.account_key_file.write_text(text)
    with pytest.raises(Problem) as caught:
        open_account_keys(settings)
    assert caught.value.code == "trust.key-unreadable"
    assert settings.account_key_file.read_text() == text
