"""Who asks."""

import pytest

from schema.problems import Problem
from service.http.readers import PUBLIC, ReaderKind, demand, reader_for
from service.ledger import Actor

ACTOR = Actor(organisation=4000, token=7000)


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        (["cold_store", "retailer"], ReaderKind.ORGANISATION),
        (["regulator"], ReaderKind.REGULATOR),
        (["auditor"], ReaderKind.AUDITOR),
        (["platform"], ReaderKind.PLATFORM),
        (["importer", "regulator"], ReaderKind.REGULATOR),
        ([], ReaderKind.ORGANISATION),
    ],
)
def test_roles_decide_what_kind_of_reader(roles: list[str], kind: ReaderKind) -> None:
    assert reader_for(ACTOR, roles, "210100", []).kind is kind


@pytest.mark.parametrize(
    ("region", "prefix"), [("100000", ""), ("210000", "21"), ("210100", "2101"), ("210106", "210106")]
)
def test_a_jurisdiction_is_a_prefix(region: str, prefix: str) -> None:
    assert reader_for(ACTOR, ["regulator"], region, []).region == prefix


def test_the_public_may_do_what_needs_no_scope() -> None:
    demand(PUBLIC, None)
    with pytest.raises(Problem, match=r"auth\.missing"):
        demand(PUBLIC, "goods:read")


def test_a_scope_that_is_not_held_is_missing() -> None:
    reader = reader_for(ACTOR, [], "210100", ["goods:read"])
    demand(reader, "goods:read")
    with pytest.raises(Problem, match=r"auth\.scope"):
        demand(reader, "goods:write")
