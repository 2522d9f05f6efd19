"""Where things are kept: PostgreSQL (embedded or anyone's own), its migrations and queries, and files.

The only room that knows where data lies. The others ask for a pool, a named query or a file by its digest.
"""

from service.storage.database import LOST, Database, open_database, open_pool, prepare
from service.storage.embedded import EmbeddedPostgres
from service.storage.files import MAX_BYTES, FileStore, FileType, StoredFile
from service.storage.past import is_past
from service.storage.queries import query, reading_together, writing_together

__all__ = [
    "LOST",
    "MAX_BYTES",
    "Database",
    "EmbeddedPostgres",
    "FileStore",
    "FileType",
    "StoredFile",
    "is_past",
    "open_database",
    "open_pool",
    "prepare",
    "query",
    "reading_together",
    "writing_together",
]
