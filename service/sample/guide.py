"""What the sample tells whoever started it: for each kind of user a sign-in and a page worth seeing.

The note in the data folder says that the sample is complete; passwords are told once and never written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from service.sample.stories import Sights

FORGOTTEN = "told at the first start; a new one: {command} {login}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A kind of user. ``login`` is None for who needs none; ``path`` is what to look at, ``why`` says why."""

    kind: str
    login: str | None
    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Guide:
    """Every kind of user; ``passwords`` are those that are known now, by login."""

    visitors: tuple[Visitor, ...]
    passwords: Mapping[str, str]

    def lines(self, base_url: str, command: str) -> Iterator[str]:
        """What to print. ``command`` sets a new password for the login that follows it."""
        yield "Sample data: every name, code and number in it is invented (示例数据，均为虚构)."
        yield "Its people sign in without a second factor (示例账号不启用第二因素)."
        for visitor in self.visitors:
            yield f"  {visitor.kind}"
            if visitor.login is not None:
                forgotten = FORGOTTEN.format(command=command, login=visitor.login)
                password = self.passwords.get(visitor.login) or forgotten
                yield f"    login {visitor.login}  password {password}"
            yield f"    {base_url}{visitor.path}  {visitor.why}"


def visitors(platform: str, sights: Sights) -> tuple[Visitor, ...]:
    """Who may look at what; ``platform`` is the login of the platform's manager."""
    ids, codes = sights.ids, sights.codes
    return (
        Visitor(
            "first-station operator 首站操作员",
            "qingdao-station",
            f"/lots/{ids['gate-lot']}",
            "a lot at the gate: its nucleic-acid certificate is missing 待放行批次，缺核酸证明",
        ),
        Visitor(
            "retailer 零售商",
            "wuhan-retailer",
            f"/shipments/{ids['wuhan-shipment']}",
            f"a shipment to receive, label {codes['wuhan-shipment']} 待收货",
        ),
        Visitor(
            "processor 加工企业",
            "yantai-processor",
            f"/lots/{ids['yantai-lot']}",
            "squid rings and what they were made of 鱿鱼圈及其原料",
        ),
        Visitor(
            "regulator 监管人员",
            "regulator-wuhan",
            f"/lots/{ids['wuhan-lot']}/trace",
            "Wuhan 2020: up to the container, down to every holder 武汉2020案例双向追溯",
        ),
        Visitor("auditor 审计员", "auditor", "/lots", "all lots; see `coldledger verify --rules` 全部批次"),
        Visitor("platform manager 平台管理员", platform, "/organisations", "who takes part 参与单位"),
        Visitor("consumer 消费者", None, f"/t/{codes['wuhan-lot']}", "what a label tells anyone 扫码所见"),
    )


def read_note(note: Path) -> tuple[Visitor, ...] | None:
    """The visitors of a complete sample; None where there is none yet."""
    try:
        text = note.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return tuple(Visitor(**visitor) for visitor in json.loads(text))


def write_note(note: Path, complete: Iterable[Visitor]) -> None:
    """Say that the sample is complete; the note is there whole or not at all."""
    note.parent.mkdir(parents=True, exist_ok=True)
    draft = note.with_suffix(".new")
    text = json.dumps([asdict(visitor) for visitor in complete], ensure_ascii=False, indent=1)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(note)
