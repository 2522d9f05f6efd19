"""Identifiers that people type and scanners read, each checked where it enters.

Every ``parse_…`` takes any text and returns the identifier in its one written form, or raises an
:class:`IdentifierProblem` that names the rule and the position; the caller adds the field with ``.at()``.
Formats, weights and vectors are those of the published standards named in each module.
"""

from schema.identifiers.certificate_number import parse_certificate_number
from schema.identifiers.container import Container, parse_container
from schema.identifiers.country import parse_country
from schema.identifiers.customs import parse_import_declaration
from schema.identifiers.establishment import Establishment, parse_establishment, parse_foreign_establishment
from schema.identifiers.gs1 import (
    Numbering,
    ProductNumber,
    gtin14,
    parse_gln,
    parse_gtin,
    parse_product_number,
    parse_sscc,
)
from schema.identifiers.hs import is_cold_chain, parse_hs
from schema.identifiers.region import COUNTRY, RegionLevel, covers, parse_region, prefix, region_level
from schema.identifiers.resident import parse_resident_number
from schema.identifiers.trace_code import Level, TraceCode
from schema.identifiers.uscc import SOLE_TRADER, is_register_key, is_sole_trader, parse_uscc, spoken_code
from schema.identifiers.writing import IdentifierProblem, normalise

__all__ = [
    "COUNTRY",
    "SOLE_TRADER",
    "Container",
    "Establishment",
    "IdentifierProblem",
    "Level",
    "Numbering",
    "ProductNumber",
    "RegionLevel",
    "TraceCode",
    "covers",
    "gtin14",
    "is_cold_chain",
    "is_register_key",
    "is_sole_trader",
    "normalise",
    "parse_certificate_number",
    "parse_container",
    "parse_country",
    "parse_establishment",
    "parse_foreign_establishment",
    "parse_gln",
    "parse_gtin",
    "parse_hs",
    "parse_import_declaration",
    "parse_product_number",
    "parse_region",
    "parse_resident_number",
    "parse_sscc",
    "parse_uscc",
    "prefix",
    "region_level",
    "spoken_code",
]
