"""Canonical JSON, by which statements are written; schema/canonical.py, for devices sign in it, too."""

from __future__ import annotations

from schema.canonical import MAX_BYTES, MAX_DEPTH, MAX_INTEGER, decode, encode

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_INTEGER", "decode", "encode"]
