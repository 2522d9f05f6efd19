"""What the sample tells whoever started it: for each kind of user a sign-in and a page worth seeing.

The note in the data folder says that the sample is complete; passwords are told once and never written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from service.sample.sights import Sights

FORGOTTEN = "told at the first start; a new one: {command} {login}"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A kind of user and something to look at: ``path``; ``why`` says why. ``login`` is None for who needs
    none. Those of one login stand together."""

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
        for (kind, login), pages in groupby(self.visitors, lambda each: (each.kind, each.login)):
            yield f"  {kind}"
            if login is not None:
                forgotten = FORGOTTEN.format(command=command, login=login)
                yield f"    login {login}  password {self.passwords.get(login) or forgotten}"
            yield from (f"    {base_url}{page.path}  {page.why}" for page in pages)


def visitors(platform: str, sights: Sights) -> tuple[Visitor, ...]:
    """Who may look at what; ``platform`` is the login of the platform's manager."""
    consumer = Visitor(
        "consumer 消费者", None, f"/t/{sights.codes['wuhan-lot']}", "what a label tells anyone 扫码所见"
    )
    return (
        *(Visitor(kind, login, *page) for kind, login, pages in _rounds(sights) for page in pages),
        Visitor("auditor 审计员", "auditor", "/lots", "all lots; see `coldledger verify --rules` 全部批次"),
        Visitor("platform manager 平台管理员", platform, "/organisations", "who takes part 参与单位"),
        consumer,
    )


_Round = tuple[str, str, tuple[tuple[str, str], ...]]
"""Kind, login, and the pages that somebody who acts looks at."""


def _rounds(sights: Sights) -> Iterator[_Round]:
    """Those who act, what waits for them first."""
    for each in (_station, _store, _wholesaler, _retailer, _processor, _regulator):
        yield each(sights)


def _station(sights: Sights) -> _Round:
    ids = sights.ids
    return (
        "first-station operator 首站操作员",
        "qingdao-station",
        (
            (
                f"/lots/{ids['gate-lot']}",
                "a lot at the gate: its nucleic-acid certificate is missing 待放行批次，缺核酸证明",
            ),
            (
                f"/lots/{ids['found-lot']}",
                "goods without papers: found, held, sampled 无证货物：发现、封存、取样",
            ),
            (f"/recalls/{ids['recall']}", "a recall of its own, and who has reported 自主召回与各单位报告"),
            ("/staff", "whose test is due or overdue 人员检测：到期与逾期"),
            ("/disinfections", "disinfections, accepted and not 消毒记录：已认可与未认可"),
        ),
    )


def _store(sights: Sights) -> _Round:
    ids = sights.ids
    return (
        "cold store 冷库",
        "wuhan-store",
        (
            ("/stock/totals?by=owner", "the goods of several owners in one store 第三方冷库：多个货主"),
            (f"/case-requests/{ids['case-request']}", "a request to seal and count 监管要求：封存并清点"),
            ("/notices", "what it is told: goods are called back 收到的通知：召回"),
        ),
    )


def _wholesaler(sights: Sights) -> _Round:
    ids = sights.ids
    return (
        "wholesaler 批发商",
        "wuhan-market",
        ((f"/findings/{ids['finding']}", "held goods were sold: a finding to answer 售出封存货物：待答复"),),
    )


def _retailer(sights: Sights) -> _Round:
    ids, codes = sights.ids, sights.codes
    return (
        "retailer 零售商",
        "wuhan-retailer",
        (
            (
                f"/shipments/{ids['wuhan-shipment']}",
                f"a shipment to receive, label {codes['wuhan-shipment']} 待收货",
            ),
            (
                f"/statements/{ids['corrected']}",
                "a sale that was typed wrongly, both versions 更正：两个版本",
            ),
            (f"/units/{ids['bags']}", "cartons of 15 kg repacked into bags of 500 g 分装：整箱改小袋"),
            (f"/stock/declarations/{ids['declaration']}", "a count that differs 盘点申报与账面不符"),
            ("/stock/expiring", "goods near their best-before day 临期货物"),
        ),
    )


def _processor(sights: Sights) -> _Round:
    ids = sights.ids
    return (
        "processor 加工企业",
        "yantai-processor",
        ((f"/lots/{ids['yantai-lot']}", "squid rings and what they were made of 鱿鱼圈及其原料"),),
    )


def _regulator(sights: Sights) -> _Round:
    ids = sights.ids
    return (
        "regulator 监管人员",
        "regulator-wuhan",
        (
            (
                f"/lots/{ids['wuhan-lot']}/trace",
                "Wuhan 2020: up to the container, down to every holder 武汉2020案例双向追溯",
            ),
            (f"/cases/{ids['case']}", "a case: held, asked, what is next 案件：封存、要求、下一步"),
            (f"/holds/{ids['hold']}", "a lot held in three places 封存令：货物分处三地"),
            ("/findings?state=open", "findings that wait for an answer 待答复的问题"),
            (
                "/findings?rule=suspicion.label-outpaced",
                "a copied label: one case in two cities within minutes 复制标签：一箱两地",
            ),
            (
                "/findings?rule=suspicion.dated-back",
                "ten days of sales recorded at once 十天销售集中补登",
            ),
            ("/refused", "what was tried and refused 被拒绝的操作"),
            ("/samples/counts", "samples by week, one failure closed 抽检周报：一件不合格已办结"),
            (f"/drills/{ids['drill']}", "a drill with its report 演练及其报告"),
            (f"/stock/declarations/{ids['declaration']}", "a shop's count that differs 盘点申报与账面不符"),
            (
                f"/policies/editions/{ids['edition']}",
                "a policy that begins at a midnight to come 待生效的政策",
            ),
            (f"/policies/drafts/{ids['draft']}", "a draft to try on what was recorded 政策草案：可试算"),
        ),
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
