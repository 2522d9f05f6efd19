"""Every tile and entry of a ledger, judged by aics-tlog: ``follow_aics.py URL KEY-FILE``, run by its Python.

Its own command proves one entry or one growth; what walks the whole tree is ``audit_tiles``.
"""

import json
import sys
from pathlib import Path

from aics_tlog import audit_tiles, parse_note, parse_vkey, verify_checkpoint
from aics_tlog.remote import HttpTileReader
from aics_tlog.tiles import TileMissingError, TileUnavailableError, TileVerificationError

url, key_file = sys.argv[1:]
key = parse_vkey(Path(key_file).read_text(encoding="utf-8").strip())
reader = HttpTileReader([url], timeout=30)
(fetched,) = reader.fetch_checkpoints()
if fetched.data is None:
    sys.exit(f"refused: {fetched.error}")
try:
    head = verify_checkpoint(parse_note(fetched.data), key, [], 0)
    if not head.ok:
        sys.exit(f"refused: {head.error}")
    report = audit_tiles(reader, head.size, head.root)
except (ValueError, TileMissingError, TileUnavailableError, TileVerificationError) as error:
    sys.exit(f"refused: {error}")
print(json.dumps({"Size": report.size, "Tiles": report.tiles, "Bundles": report.bundles}))
