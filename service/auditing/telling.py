"""What an audit says: a line for people, in both languages where it alarms, or a JSON object a line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import orjson

from schema.problems import LANGUAGES, Explanation, explain
from service.auditing.alarms import AlarmError
from service.auditing.auditor import Look


def tell(look: Look, as_json: bool) -> str:
    """What was found sound, and what was not looked at."""
    if as_json:
        return orjson.dumps({"result": "good", **asdict(look)}).decode()
    seen = f", cosigned by {', '.join(look.witnesses)}" if look.witnesses else ""
    age = "" if look.age is None else f", {look.age} s ago" if seen else f", the newest {look.age} s old"
    grown = f"it extends the {look.before} known before" if look.before else "none known before"
    return f"good {look.size} entries, each in the signed tree{seen}{age}; {grown}; {_statements(look)}"


def _statements(look: Look) -> str:
    if look.statements is None:
        return "not checked without an auditor's token: statements, rules"
    if look.judged is None:
        return f"{look.statements} statements fit them; not checked: rules"
    return f"{look.statements} statements fit them and are what the rules admit"


def tell_alarm(error: AlarmError, kept: Path | None, as_json: bool) -> str:
    """An alarm in both languages, and where its evidence is."""
    words: dict[str, Explanation] = {each: explain(error.problem, each) for each in LANGUAGES}
    if as_json:
        told = {
            "result": "alarm",
            "alarm": error.alarm.word,
            "exit": int(error.alarm),
            "facts": error.problem.facts,
            "words": {language: asdict(each) for language, each in words.items()},
            "evidence": None if kept is None else str(kept),
        }
        return orjson.dumps(told).decode()
    en, zh = words["en"], words["zh"]
    lines = [
        f"ALARM {error.alarm.word}: {en.title}. {en.detail} {en.remedy}",
        f"告警 {error.alarm.word}：{zh.title}。{zh.detail}{zh.remedy}",
    ]
    return "\n".join([*lines, *([] if kept is None else [f"evidence / 证据: {kept}"])])
