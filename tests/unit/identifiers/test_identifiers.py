"""Every identifier's vectors, right and wrong, and the words that a wrong one is answered with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from schema.identifiers import (
    Container,
    Establishment,
    Numbering,
    ProductNumber,
    TraceCode,
    gtin14,
    is_cold_chain,
    is_sole_trader,
    parse_certificate_number,
    parse_container,
    parse_country,
    parse_establishment,
    parse_foreign_establishment,
    parse_gln,
    parse_gtin,
    parse_hs,
    parse_import_declaration,
    parse_product_number,
    parse_region,
    parse_resident_number,
    parse_sscc,
    parse_uscc,
)
from schema.identifiers.country import ALPHA_2, ALPHA_3
from schema.identifiers.uscc import failed_check
from schema.problems import LANGUAGES, Problem, catalogue, explain

Parser = Callable[[str], object]


def declaration_of_2020(text: str) -> str:
    return parse_import_declaration(text, 2020)


def brazilian_establishment(text: str) -> Establishment:
    return parse_establishment(text, "BR")


def own_number(text: str) -> ProductNumber:
    return parse_product_number(text, Numbering.OPERATOR)


VALID: list[tuple[Parser, str, str]] = [
    (parse_uscc, "91110000600037341L", "91110000600037341L"),
    (parse_uscc, "91110000101623741K", "91110000101623741K"),
    (parse_uscc, "911101066976941872", "911101066976941872"),
    (parse_uscc, "91350100M000100Y43", "91350100M000100Y43"),
    (parse_uscc, "91210100MA17366650", "91210100MA17366650"),
    (parse_uscc, "91210100MA2572973Y", "91210100MA2572973Y"),
    (parse_uscc, " 91350100m000100y43\n", "91350100M000100Y43"),
    (parse_uscc, "９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"),
    (parse_region, "210100", "210100"),
    (parse_region, "210804", "210804"),
    (parse_region, "320612", "320612"),
    (parse_region, "320683", "320683"),
    (parse_region, "640221", "640221"),
    (parse_region, "510900", "510900"),
    (declaration_of_2020, "421420201000012345", "421420201000012345"),
    (declaration_of_2020, "421420191000012345", "421420191000012345"),
    (declaration_of_2020, "4214 2021 1 000012345", "421420211000012345"),
    (parse_certificate_number, "120000020012345", "120000020012345"),
    (parse_certificate_number, "ab12345678", "AB12345678"),
    (parse_certificate_number, "A" * 24, "A" * 24),
    (parse_foreign_establishment, "sif 4507", "SIF4507"),
    (parse_foreign_establishment, "ES-12.01234/B", "ES-12.01234/B"),
    (parse_hs, "0202.30.00-90", "0202300090"),
    (parse_gtin, "06950123456786", "06950123456786"),
    (parse_gtin, "6950123456786", "6950123456786"),
    (parse_gtin, "96385074", "96385074"),
    (parse_gtin, "036000291452", "036000291452"),
    (parse_gln, "6950123456786", "6950123456786"),
    (parse_sscc, "369012345678901239", "369012345678901239"),
    (parse_resident_number, "360426199101010071", "360426199101010071"),
    (parse_resident_number, "11010519491231002x", "11010519491231002X"),
    (parse_country, "br", "BR"),
    (parse_country, "BRA", "BR"),
]

WRONG: list[tuple[Parser, str, str, int | None]] = [
    (parse_uscc, "91350100M000100Y4A", "identifier.uscc-check", 18),
    (parse_uscc, "91350211M0000XUF46", "identifier.uscc-check", 18),
    (parse_uscc, "91110000600037341", "identifier.uscc-length", None),
    (parse_uscc, "9111000060003734IL", "identifier.uscc-character", 17),
    (parse_uscc, "91A10000600037341L", "identifier.uscc-character", 3),
    (parse_uscc, "٩1110000600037341L", "identifier.uscc-character", 1),
    (parse_region, "2101", "identifier.region-length", None),
    (parse_region, "21O100", "identifier.region-character", 3),
    (parse_region, "990000", "identifier.region-province", 1),
    (parse_region, "470000", "identifier.region-province", 1),
    (parse_region, "210004", "identifier.region-city", 3),
    (parse_container, "CSQU3054384", "identifier.container-check", 11),
    (parse_container, "CSQX3054383", "identifier.container-character", 4),
    (parse_container, "C5QU3054383", "identifier.container-character", 2),
    (parse_container, "CSQU305438", "identifier.container-length", None),
    (declaration_of_2020, "421420181000012345", "identifier.customs-declaration-year", 5),
    (declaration_of_2020, "421420221000012345", "identifier.customs-declaration-year", 5),
    (declaration_of_2020, "421420200000012345", "identifier.customs-declaration-direction", 9),
    (declaration_of_2020, "421420202000012345", "identifier.customs-declaration-character", 9),
    (declaration_of_2020, "42142020100001234", "identifier.customs-declaration-length", None),
    (parse_certificate_number, "A" * 9, "identifier.certificate-number-length", None),
    (parse_certificate_number, "A" * 25, "identifier.certificate-number-length", None),
    (parse_certificate_number, "12000-20012345", "identifier.certificate-number-character", 6),
    (parse_establishment, "CBRA0101220104000", "identifier.establishment-length", None),
    (parse_establishment, "XBRA01012201040001", "identifier.establishment-character", 1),
    (parse_establishment, "CBRAX1012201040001", "identifier.establishment-character", 5),
    (parse_establishment, "CXXX01012201040001", "identifier.establishment-country", 2),
    (parse_establishment, "CBRA01012202300001", "identifier.establishment-date", 9),
    (brazilian_establishment, "CARG01012201040001", "identifier.establishment-origin", 2),
    (parse_foreign_establishment, "", "identifier.foreign-establishment-length", None),
    (parse_foreign_establishment, "1" * 25, "identifier.foreign-establishment-length", None),
    (parse_foreign_establishment, "SIF#4507", "identifier.foreign-establishment-character", 4),
    (parse_hs, "020230", "identifier.hs-length", None),
    (parse_hs, "02023000A0", "identifier.hs-character", 9),
    (parse_gtin, "06950123456787", "identifier.gtin-check", 14),
    (parse_gtin, "695012345679", "identifier.gtin-check", 12),
    (parse_gtin, "69501234567", "identifier.gtin-length", None),
    (parse_gtin, "0695012345678X", "identifier.gtin-character", 14),
    (parse_gln, "6950123456785", "identifier.gln-check", 13),
    (parse_gln, "06950123456786", "identifier.gln-length", None),
    (parse_gln, "69501A3456786", "identifier.gln-character", 6),
    (parse_sscc, "369012345678901238", "identifier.sscc-check", 18),
    (parse_sscc, "36901234567890123", "identifier.sscc-length", None),
    (parse_sscc, "36901234567890123Z", "identifier.sscc-character", 18),
    (own_number, "", "identifier.own-number-length", None),
    (own_number, "牛肉", "identifier.own-number-character", 1),
    (parse_resident_number, "36042619910101007", "identifier.resident-length", None),
    (parse_resident_number, "36042619910101X071", "identifier.resident-character", 15),
    (parse_resident_number, "360426199113010071", "identifier.resident-birthday", 7),
    (parse_resident_number, "360426199101010072", "identifier.resident-check", 18),
    (parse_country, "XX", "identifier.country-unknown", None),
    (TraceCode.parse, "1B210100ABCDEF23456", "identifier.trace-code-length", None),
    (TraceCode.parse, "1A210100ABCDEF234563", "identifier.trace-code-character", 2),
    (TraceCode.parse, "1B210100ABCDEF234564", "identifier.trace-code-check", 20),
    (TraceCode.parse, "2B210100ABCDEF234560", "identifier.trace-code-version", 1),
    (TraceCode.parse, "1B990000ABCDEF23456K", "identifier.trace-code-region", 3),
]


@pytest.mark.parametrize(("parse", "text", "value"), VALID)
def test_a_valid_identifier_is_returned_in_its_one_form(parse: Parser, text: str, value: str) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(("parse", "text", "code", "position"), WRONG)
def test_a_wrong_identifier_names_its_rule_and_position(
    parse: Parser, text: str, code: str, position: int | None
) -> None:
    with pytest.raises(Problem) as caught:
        parse(text)
    problem = caught.value.at("/lot/identifier")
    assert (problem.code, problem.facts.get("position")) == (code, position)
    assert problem.field == "/lot/identifier"
    for language in LANGUAGES:
        words = explain(problem, language)
        assert words.status == 422
        assert "{" not in words.title + words.detail + words.remedy
        if position is not None:
            assert str(position) in words.detail


def test_every_rule_of_the_catalogue_has_a_wrong_identifier() -> None:
    shown = {code for _, _, code, _ in WRONG} | {"identifier.uscc-organisation-check"}
    assert shown == {code for code in catalogue() if code.startswith("identifier.")}


def test_the_words_say_what_was_expected() -> None:
    with pytest.raises(Problem) as caught:
        parse_uscc("91350100M000100Y4A")
    assert explain(caught.value, "zh").detail == (
        "“91350100M000100Y4A”第 18 位校验码是“A”，按其余各位应为“3”。"
    )
    assert explain(caught.value, "en").detail == (
        "The check character of “91350100M000100Y4A” at position 18 is “A”; the others give “3”."
    )


class TestUscc:
    def test_a_failing_check_is_accepted_with_a_reason(self) -> None:
        assert parse_uscc("91350211M0000XUF46", "as on the licence") == "91350211M0000XUF46"

    def test_a_blank_reason_is_none(self) -> None:
        with pytest.raises(Problem, match="uscc-check"):
            parse_uscc("91350211M0000XUF46", "  ")

    def test_a_reason_excuses_neither_length_nor_alphabet(self) -> None:
        with pytest.raises(Problem, match="uscc-character"):
            parse_uscc("9135O211M0000XUF46", "as on the licence")
        with pytest.raises(Problem, match="uscc-length"):
            parse_uscc("91350211M0000XUF4", "as on the licence")

    def test_the_organisation_code_is_checked_where_the_whole_passes(self) -> None:
        wrong = "91110000600037301G"  # 60003730 gives 0, not 1; G is right for the whole
        failure = failed_check(wrong)
        assert failure is not None
        assert failure.code == "identifier.uscc-organisation-check"
        assert failure.facts["position"] == 17
        assert parse_uscc(wrong, "as on the licence") == wrong

    def test_letters_in_the_first_two_places_are_the_standards(self) -> None:
        assert failed_check("N2210100MA1736665F") is None

    def test_sole_traders_are_known_by_their_prefix(self) -> None:
        assert is_sole_trader("92110000600037341L")
        assert not is_sole_trader("91110000600037341L")


class TestContainer:
    @pytest.mark.parametrize("number", ["CSQU3054383", "MSKU9070323"])
    def test_an_ordinary_number(self, number: str) -> None:
        assert parse_container(number) == Container(number, weak_check=False)

    def test_remainder_ten_is_accepted_with_a_warning(self) -> None:
        assert parse_container("triu 100004-0") == Container("TRIU1000040", weak_check=True)


class TestEstablishment:
    def test_its_parts_are_read(self) -> None:
        assert parse_establishment("CBRA01012201040001", "BRA") == Establishment(
            "CBRA01012201040001", "BR", "0101", date(2022, 1, 4)
        )

    def test_its_category_is_held_against_the_hs_code(self) -> None:
        beef = parse_establishment("CBRA01012201040001")
        chapters = {"0101": ("02", "0504")}
        assert not beef.disagrees_with("0202300090", chapters)
        assert beef.disagrees_with("0303890090", chapters)
        assert not beef.disagrees_with("0303890090", {})


def test_iso_3166_is_whole_and_one_to_one() -> None:
    assert len(ALPHA_3) == len(ALPHA_2) == 249
    assert (ALPHA_3["CN"], ALPHA_3["EC"], ALPHA_3["NZ"], ALPHA_3["RU"]) == ("CHN", "ECU", "NZL", "RUS")


@pytest.mark.parametrize(
    ("hs", "met"),
    [
        ("0202300090", True),
        ("0504002900", True),
        ("0501000000", False),
        ("1605540090", True),
        ("1606000000", False),
    ],
)
def test_goods_outside_the_cold_chain_are_told(hs: str, met: bool) -> None:
    assert is_cold_chain(hs) is met


def test_the_international_hs_code_has_six_digits() -> None:
    assert parse_hs("0202.30", declared=False) == "020230"


def test_a_gtin_is_padded_for_a_link() -> None:
    assert gtin14("6950123456786") == "06950123456786"


def test_an_own_number_never_passes_for_a_gtin() -> None:
    assert own_number("6950123456786") != parse_product_number("6950123456786", Numbering.GS1)


def test_a_resident_number_is_never_repeated() -> None:
    with pytest.raises(Problem) as caught:
        parse_resident_number("360426199101010072")
    assert "1991" not in str(caught.value) + repr(caught.value.facts)


def test_a_long_text_is_cut_in_the_message() -> None:
    with pytest.raises(Problem) as caught:
        parse_uscc("9" * 10_000)
    assert len(str(caught.value.facts["value"])) == 40
