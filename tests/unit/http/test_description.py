"""The interface's description: made from what is served, and valid."""

import dataclasses
from collections.abc import Iterator

import pytest
from aiohttp import web
from marshmallow import Schema, fields
from openapi_spec_validator import OpenAPIV31SpecValidator

from schema.messages import fields as ours
from service.app import API
from service.http import documentation
from service.http.declared import Declared
from service.http.openapi import Document, make_document
from service.http.writes import Write


@pytest.fixture(scope="module")
def document() -> Document:
    return make_document(API, "test.invalid/ledger")


def test_it_is_a_valid_openapi_document(document: Document) -> None:
    assert [*OpenAPIV31SpecValidator(document).iter_errors()] == []


@pytest.mark.parametrize("declared", API, ids=lambda declared: declared.name)
def test_every_declared_route_is_described(declared: Declared, document: Document) -> None:
    method = declared.route().method.lower()
    operation = document["paths"][declared.parsed.documented][method]
    assert operation["operationId"] == declared.name
    assert operation["summary"]
    named = {parameter["name"] for parameter in operation["parameters"]}
    assert set(declared.parsed.parameters) <= named
    assert any(status.startswith("2") for status in operation["responses"])


def test_operations_have_names_of_their_own() -> None:
    names = [declared.name for declared in API]
    assert len(set(names)) == len(names)


def test_what_the_path_or_the_service_gives_is_not_asked_for(document: Document) -> None:
    body = document["paths"]["/api/v1/lots/{lot}/releases"]["post"]["requestBody"]
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    asked = set(document["components"]["schemas"][name]["properties"])
    assert asked == {"unit", "pieces", "grams", "happened_at"}


def test_every_write_may_be_signed_and_says_what_is_null_then(document: Document) -> None:
    writes = [declared for declared in API if isinstance(declared, Write)]
    for declared in writes:
        operation = document["paths"][declared.parsed.documented]["post"]
        assert "Device-Signature" in {each["name"] for each in operation["parameters"]}
    schemas = document["components"]["schemas"]
    assert schemas["VehicleRegistration"]["properties"]["plate"]["x-personal"] == "always"
    assert schemas["OrganisationRegistration"]["properties"]["uscc"]["x-personal"] == "of sole traders"
    assert "x-personal" not in schemas["VehicleRegistration"]["properties"]["kind"]


def test_a_secret_is_told_in_the_first_answer(document: Document) -> None:
    answer = document["paths"]["/api/v1/tokens"]["post"]["responses"]["201"]
    parts = answer["content"]["application/json"]["schema"]["allOf"]
    assert [part["$ref"].rpartition("/")[2] for part in parts] == ["Recorded", "SecretOnce"]


def _fields(schema: Schema) -> Iterator[fields.Field[object]]:
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        yield from (field, inner)
        if isinstance(inner, fields.Nested):
            yield from _fields(inner.schema)


@pytest.mark.parametrize("write", [each for each in API if isinstance(each, Write)], ids=lambda w: w.name)
def test_whatever_is_wrong_with_a_body_is_told_in_both_languages(write: Write) -> None:
    strangers = [field for field in _fields(write.loader) if type(field).__module__.startswith("marshmallow")]
    assert strangers == [], "a field of marshmallow's own speaks English only"
    assert isinstance(write.loader, ours.Message)


@pytest.mark.parametrize("write", [each for each in API if isinstance(each, Write)], ids=lambda w: w.name)
def test_examples_are_taken_by_their_own_schema(write: Write) -> None:
    if write.example is not None:
        write.loader.load(write.example)


def test_a_page_lists_each_operation(document: Document) -> None:
    shown = [operation for section in documentation.sections(document) for operation in section["operations"]]
    assert {operation["id"] for operation in shown} == {declared.name for declared in API}
    lots = next(operation for operation in shown if operation["id"] == "lot-registered")
    assert {"grams", "produced_on"} <= {row["name"] for row in lots["body"]}
    assert lots["example"] is not None


def test_every_tag_is_explained(document: Document) -> None:
    assert {declared.tag for declared in API} <= {tag["name"] for tag in document["tags"]}


def test_declarations_are_values() -> None:
    for declared in API:
        with pytest.raises(dataclasses.FrozenInstanceError):
            declared.path = "/elsewhere"  # type: ignore[misc]


def test_routes_of_one_address_do_not_hide_each_other() -> None:
    app = web.Application()
    app.add_routes([declared.route() for declared in API])
    routed = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    assert {("POST", "/api/v1/lots"), ("GET", "/api/v1/lots")} <= routed
    assert len([each for each in routed if each[0] != "HEAD"]) == len(API)
