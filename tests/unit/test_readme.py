"""What the READMEs and guides quote is what the programs say: the help, commands and their options, the
Makefile's targets; and both READMEs tell the same."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from service.__main__ import COMMANDS, make_parser
from service.settings import ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What formats.md names in code are texts that get hashed, no command lines.
GUIDES = (*READMES, *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md") if path.stem != "formats"))
DOCUMENTS = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
_OUTLINE = ("##", "| ", "- ")
_COMMAND = re.compile(r"(?:^(?:\$ )?(?:\S+/)?|`)coldledger ([a-z-]+)([^`\n&#|]*)", re.MULTILINE)
_OPTION = re.compile(r"(?<![a-z-])--[a-z-]+")


def _blocks(readme: str, beginning: str) -> list[str]:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return [block for _, block in _BLOCK.findall(text) if block.startswith(beginning)]


@pytest.mark.parametrize("readme", READMES)
def test_the_help_is_what_coldledger_prints(readme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    # Where lines break differs between versions of Python; the words do not.
    assert [block.split() for block in _blocks(readme, "usage:")] == [make_parser().format_help().split()]


@pytest.mark.parametrize("readme", READMES)
def test_the_targets_are_what_make_prints(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    said = re.findall(r'^\t@echo "(make .*)"$', makefile, re.MULTILINE)
    targets = "".join(line.replace("$(PORT)", "8080") + "\n" for line in said)
    assert targets in _blocks(readme, "make run    ")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    links = _LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_documents_are_linked() -> None:
    linked = [link for path in DOCUMENTS for link in _LINK.findall(path.read_text(encoding="utf-8"))]
    assert len(linked) > 50
    assert len({path for path in DOCUMENTS if path.parent.name == "decisions"}) > 25


def test_both_languages_quote_the_same_commands() -> None:
    shell = [
        [line for block in _blocks(readme, "$ ") for line in block.splitlines() if line.startswith("$ ")]
        for readme in READMES
    ]
    english, chinese = ([line.replace(" -H 'Accept-Language: zh'", "") for line in lines] for lines in shell)
    assert english == chinese
    assert len(english) > 15


def test_both_languages_have_the_same_sections_and_rows() -> None:
    english, chinese = (
        [line[0] for line in (ROOT / readme).read_text(encoding="utf-8").splitlines() if line[:2] in _OUTLINE]
        for readme in READMES
    )
    assert english == chinese
    assert len(english) > 80


@pytest.mark.parametrize("guide", GUIDES)
def test_commands_and_options_that_are_named_exist(guide: str) -> None:
    options = {command.word: _options(command.add_options) for command in COMMANDS}
    said = _COMMAND.findall((ROOT / guide).read_text(encoding="utf-8"))
    wrong = [
        (word, rest) for word, rest in said if not set(_OPTION.findall(rest)) <= options.get(word, set())
    ]
    assert [word for word, _ in said if word not in options] == []
    assert wrong == []


def _options(add: Callable[[argparse.ArgumentParser], None]) -> set[str]:
    parser = argparse.ArgumentParser()
    add(parser)
    return set(_OPTION.findall(parser.format_help()))


def test_the_image_and_the_compose_file_say_settings_that_exist() -> None:
    settings = {ENVIRONMENT + name.upper() for name in vars(make_parser().parse_args(["serve"]))}
    files = ((ROOT / "docker" / name).read_text(encoding="utf-8") for name in ("Dockerfile", "compose.yaml"))
    said = {name for text in files for name in re.findall(r"^ +(COLDLEDGER_\w+)[=:]", text, re.MULTILINE)}
    # The database's own image reads these.
    assert said - {"COLDLEDGER_DATABASE_PASSWORD", "COLDLEDGER_ADMIN_PASSWORD"} <= settings
    assert len(said) > 8
