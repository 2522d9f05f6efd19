"""Problems on the wire."""

import orjson
import pytest

from schema.problems import LANGUAGES, Language, Problem, catalogue
from service.http.problems import PROBLEM_JSON, document, response


def test_a_problem_is_told_in_the_language_asked_for() -> None:
    problem = Problem("request.media-type", media="text/csv", expected="application/json")
    english, chinese = document(problem, "en"), document(problem, "zh")
    assert english["type"] == chinese["type"] == "/problems/request.media-type"
    assert english["status"] == 415
    assert "text/csv" in english["detail"]
    assert "text/csv" in chinese["detail"]
    assert english["title"] == "Wrong media type"
    assert chinese["title"] == "媒体类型不正确"
    assert "errors" not in english


def test_each_cause_is_named_by_its_pointer_from_the_whole_request() -> None:
    inner = Problem("message.invalid", field="/items/0", causes=[Problem("message.required", field="/grams")])
    problem = Problem("message.invalid", causes=[inner, Problem("message.null", field="/facility")], count=2)
    errors = document(problem, "en")["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("/items/0/grams", "message.required"),
        ("/facility", "message.null"),
    ]
    assert all(error["title"] and error["detail"] and error["remedy"] for error in errors)


def test_a_single_field_is_named_too() -> None:
    assert document(Problem("request.cursor", field="/cursor"), "en")["errors"][0]["pointer"] == "/cursor"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_says_what_it_is(language: Language) -> None:
    answer = response(Problem("ledger.busy", waiting=4096), language, "/api/v1/lots#abc")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Language"] == language
    assert answer.content_type == PROBLEM_JSON
    assert isinstance(answer.body, bytes)
    assert orjson.loads(answer.body)["instance"] == "/api/v1/lots#abc"


def test_only_what_passes_may_be_tried_again_later() -> None:
    assert "Retry-After" not in response(Problem("request.not-found"), "en").headers


def test_the_catalogue_speaks_http() -> None:
    assert all(400 <= entry.status < 600 for entry in catalogue().values())
