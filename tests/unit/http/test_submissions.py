"""By what a repeated submission is known."""

from typing import Any

import pytest

from schema.problems import Problem
from service.http.readers import Reader, reader_for
from service.http.writes import Write, submission_digests
from service.ledger import Actor
from service.parties.routes import WRITES

ORGANISATION, VEHICLE = WRITES[0], next(write for write in WRITES if write.path == "/api/v1/vehicles")
TOKEN = {"scopes": ["goods:read"]}


def reader(organisation: int) -> Reader:
    return reader_for(Actor(organisation, token=1), [], "210100", [])


def digests(
    body: dict[str, Any], key: str = "k", organisation: int = 1, write: Write = VEHICLE, **path: int
) -> tuple[str, str]:
    found = submission_digests(write, reader(organisation), key, path, body)
    return found.key, found.request


def test_the_order_of_members_does_not_matter() -> None:
    assert digests({"a": 1, "b": [2]}) == digests({"b": [2], "a": 1})


def test_a_key_is_its_organisations_own() -> None:
    assert digests({}, organisation=1)[0] != digests({}, organisation=2)[0]
    assert digests({}, organisation=1)[1] == digests({}, organisation=2)[1]


def test_an_organisations_number_and_key_cannot_run_together() -> None:
    assert digests({}, key="1", organisation=1)[0] != digests({}, key="", organisation=11)[0]


def test_another_body_another_path_or_another_write_is_another_request() -> None:
    seen = [
        digests({"kind": "van"}),
        digests({"kind": "truck"}),
        digests({"kind": "van"}, vehicle=1),
        digests({"kind": "van"}, vehicle=2),
        digests({"kind": "van"}, write=ORGANISATION),
    ]
    assert len({request for _, request in seen}) == len(seen)


def test_what_is_personal_leaves_no_trace_in_the_digest() -> None:
    assert digests({"kind": "van", "plate": "辽A12345"}) == digests({"kind": "van", "plate": "辽B54321"})


def test_a_body_without_a_canonical_form_has_no_digest() -> None:
    with pytest.raises(Problem, match=r"canonical\.float"):
        digests({"kind": 1.5})
