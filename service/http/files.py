"""``POST /api/v1/files``: a scanned paper, as the body itself or as the part ``file`` of a form.

It is remembered which organisation uploaded what: only that one may show the file with a paper of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

import orjson
from aiohttp import BodyPartReader, web

from schema.messages.answers import FileKept
from schema.problems import Problem
from service.http.body import JSON
from service.http.declared import Action
from service.http.keys import DATABASE, FILES, READER
from service.http.readers import Reader, demand
from service.storage import FileType, StoredFile, query

CHUNK = 64 * 1024
PART = "file"
SCOPE = "goods:write"


async def take(request: web.Request) -> web.Response:
    """Keep the file; the same bytes again are the same file. Raises Problem ``file.…`` or ``auth.…``."""
    demand(request[READER], SCOPE)
    is_form = request.content_type == "multipart/form-data"
    chunks = _part(request) if is_form else request.content.iter_chunked(CHUNK)
    stored = await keep(request.app, request[READER], chunks)
    body = orjson.dumps({"sha256": stored.digest, "size": stored.size, "type": stored.type})
    location = {"Location": f"/api/v1/files/{stored.digest}"}
    return web.Response(status=201, body=body, content_type=JSON, headers=location)


async def keep(app: web.Application, reader: Reader, chunks: AsyncIterable[bytes]) -> StoredFile:
    """Keep a file that ``reader`` uploads; pages use it too. Raises Problem ``file.…``."""
    stored = await app[FILES].store(chunks)
    # The file first: what was remembered without its file would let a paper name what cannot be shown.
    await app[DATABASE].writer.execute(query("private/upload.save"), stored.digest, reader.organisation)
    return stored


async def was_uploaded(app: web.Application, reader: Reader, digest: str) -> bool:
    """Whether the organisation of ``reader`` uploaded the file; whether another one did changes nothing."""
    asked = query("private/upload.known"), digest, reader.organisation
    return bool(await app[DATABASE].writer.fetchval(*asked))


async def _part(request: web.Request) -> AsyncIterator[bytes]:
    """The bytes of the form's file. Raises Problem ``request.file-missing`` or ``request.refused``."""
    try:
        form = await request.multipart()
        while (part := await form.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == PART:
                while chunk := await part.read_chunk(CHUNK):
                    yield chunk
                return
    except ValueError as error:
        raise Problem("request.refused") from error
    raise Problem("request.file-missing")


UPLOAD = Action(
    "POST",
    "/api/v1/files",
    "file-kept",
    "Keep a scanned paper; certificates refer to it by its SHA-256",
    take,
    status=201,
    media=(*(str(type_) for type_ in FileType), "multipart/form-data"),
    response=FileKept,
    scope=SCOPE,
)
