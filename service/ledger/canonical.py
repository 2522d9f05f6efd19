"""Canonical JSON, by which statements and entries are written (schema/canonical.py: devices sign in it, too)."""

from __future__ import annotations

from schema.canonical import MAX_BYTES, MAX_DEPTH, MAX_INTEGER, decode, encode

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_INTEGER", "decode", "encode"]
