"""``coldledger audit`` and ``verify-copy`` as they are run: what they print, leave, and how they end."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from service.auditing.alarms import Alarm
from service.auditing.auditor import Auditor
from service.auditing.command import Watch
from service.auditing.fetching import Source
from service.auditing.keeping import ABOUT, Keeper
from service.auditing.offline import add_offline_options, run_verify_copy
from service.ledger.segments import SEGMENT, segment_path
from tests.acceptance.running import coldledger
from tests.integration.auditing.conftest import Scene
from tests.integration.auditing.scene import (
    DEMANDS,
    SIZE,
    Liar,
    command,
    grow,
    look,
    published,
    release_past_the_gate,
)
from tests.offline import without_network
from tests.retold import SIGNER


def key_file(scene: Scene) -> Path:
    """The ledger's key as it was handed over."""
    path = scene.folder / "ledger.vkey"
    path.write_text(SIGNER.verifier.vkey + "\n", encoding="ascii")
    return path


def token_file(scene: Scene) -> Path:
    """The auditor's token."""
    path = scene.folder / "token"
    path.write_text(scene.story.auditor + "\n", encoding="ascii")
    return path


async def test_a_sound_ledger_ends_well_and_says_what_was_not_checked(scene: Scene) -> None:
    words = ("audit", scene.url, "--ledger-key", SIGNER.verifier.vkey, "--copy", scene.auditor)
    first = await command(*words)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith(f"good {SIZE} entries, each in the signed tree, the newest ")
    assert "none known before; not checked without an auditor's token: statements, rules" in first.stdout
    again = await command(*words, "--token-file", token_file(scene), "--json")
    told = json.loads(again.stdout)
    assert (again.returncode, told["result"], told["before"], told["judged"]) == (0, "good", SIZE, SIZE)


async def test_an_alarm_has_its_exit_status_words_and_evidence(scene: Scene) -> None:
    position = await release_past_the_gate(scene.database, scene.story)
    await published(scene.url, position + 1)
    words = ["audit", scene.url, "--ledger-key", key_file(scene), "--copy", scene.auditor]
    words += ["--token-file", token_file(scene)]
    ended = await command(*words)
    assert ended.returncode == Alarm.RULE == 19
    assert f"ALARM rule: Something was admitted that the rules refuse. Position {position}" in ended.stdout
    assert "告警 rule：账本收录了规则所不容的陈述" in ended.stdout
    told = json.loads((await command(*words, "--json")).stdout)
    assert (told["alarm"], told["exit"], told["facts"]["position"]) == ("rule", 19, position)
    (kept,) = (scene.auditor / "evidence").iterdir()
    assert told["evidence"] == str(kept)
    about = json.loads((kept / ABOUT).read_bytes())
    assert about["files"] == ["checkpoint", "entry", "nonce", "proof", "statement", "wrong"]
    assert all((kept / name).stat().st_size for name in about["files"])


async def test_an_audit_that_follows_tells_what_is_new(
    scene: Scene, liar: Liar, capsys: pytest.CaptureFixture[str]
) -> None:
    """Growth; an alarm that passes, once, and that it passed; one that does not pass ends it."""
    with closing(Keeper(scene.auditor, DEMANDS.verifiers)) as keeper:
        async with Source(liar.url, pauses=()) as source:
            watch = Watch(Auditor(source, keeper, DEMANDS, pauses=()), as_json=True)
            following = asyncio.create_task(watch.follow(0.02))
            told: list[dict[str, object]] = []

            async def next_line() -> dict[str, object]:
                while True:
                    printed = capsys.readouterr().out.splitlines()
                    told.extend(map(json.loads, printed))
                    if told:
                        return told.pop(0)
                    assert not following.done()
                    await asyncio.sleep(0.02)

            assert (await next_line())["size"] == SIZE
            await asyncio.sleep(0.2)
            assert capsys.readouterr().out == "", "nothing was new"
            await grow(scene.database, scene.story, 7)
            assert (await next_line())["size"] == SIZE + 7
            liar.change = lambda path, body: body + b"x" * 2_000_000
            assert (await next_line())["alarm"] == "unreachable"
            await asyncio.sleep(0.2)
            assert capsys.readouterr().out == "", "it is told once"
            liar.change = None
            assert (await next_line())["result"] == "good"
            liar.flip("/tile/entries/002.p/195")
            assert await asyncio.wait_for(following, 10) == Alarm.CHANGED
            assert json.loads(capsys.readouterr().out)["alarm"] == "changed"


async def test_a_copy_is_made_of_the_segments_that_the_ledger_seals(scene: Scene) -> None:
    """A full one is the same file, byte for byte; the last one grows."""
    token = scene.story.auditor
    await look(scene.url, scene.auditor, token)
    for size in (SEGMENT - 10, SEGMENT + 25):
        await grow(scene.database, scene.story, size - (await look(scene.url, scene.auditor)).size)
        await published(scene.url, size)
        found = await look(scene.url, scene.auditor, token)
        assert (found.statements, found.judged) == (size, size)
    theirs = segment_path(scene.folder / "ledger" / "data" / "segments", 0)
    assert segment_path(scene.auditor / "segments", 0).read_bytes() == theirs.read_bytes()
    words = ("verify-copy", scene.auditor, "--ledger-key", key_file(scene))
    for more, judged in (((), "not checked: rules"), (("--rules",), "every statement judged again")):
        ended = await command(*words, *more)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout.startswith(f"good {SEGMENT + 25} entries and statements, in the tree that")
        assert judged in ended.stdout


async def test_a_copy_is_checked_where_there_is_no_network(scene: Scene) -> None:
    await look(scene.url, scene.auditor, scene.story.auditor)
    words = ("verify-copy", str(scene.auditor), "--ledger-key", str(key_file(scene)), "--rules")
    command = without_network(*coldledger(*words))
    ended = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(f"good {SIZE} entries and statements")


async def test_any_changed_byte_of_a_copy_is_found_without_a_network(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    await look(scene.url, scene.auditor, scene.story.auditor)
    path = segment_path(scene.auditor / "segments", 0)
    whole = path.read_bytes()
    arguments = _arguments(scene)
    assert await run_verify_copy(arguments) == 0
    for place in range(40, len(whole), len(whole) // 60):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert await run_verify_copy(arguments) == 1, place
        assert capsys.readouterr().out.rpartition("good")[2].lstrip().count("BAD") >= 1
    path.write_bytes(whole)
    # Another ledger's note, or an older one, does not tie the copy.
    note = scene.auditor / "segments" / "checkpoint"
    await grow(scene.database, scene.story, 5)
    await published(scene.url, SIZE + 5)
    await look(scene.url, scene.auditor)
    note.write_bytes((scene.auditor / "checkpoint").read_bytes())
    assert await run_verify_copy(arguments) == 1
    assert f"BAD  position {SIZE}: the copy ends here" in capsys.readouterr().out


def _arguments(scene: Scene) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_offline_options(parser)
    return parser.parse_args([str(scene.auditor), "--ledger-key", SIGNER.verifier.vkey])
