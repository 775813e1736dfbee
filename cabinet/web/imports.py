"""The door for files: `POST /import/{community}/{format}`, and `GET` for what was said of their rows."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from starlette.responses import JSONResponse

from cabinet import tables
from cabinet.access import Action, grant
from cabinet.communities import Community, Organization
from cabinet.errors import (
    CabinetError,
    Forbidden,
    InputInvalid,
    MethodNotAllowed,
    NotFound,
    TokenInvalid,
    TooManyUploads,
)
from cabinet.importers.load import find_format
from cabinet.jobs.job import Received, add_job, find_job, new_id, own_organization
from cabinet.jobs.keeper import Keeper
from cabinet.jobs.remarks import csv_lines
from cabinet.read.rows import decode_key, encode_id
from cabinet.tables.terms import ImportState
from cabinet.viewer import Viewer
from cabinet.web.body import Headers, Message, Receive, Send, join_headers
from cabinet.web.executed import mask
from cabinet.web.export import Body, Cut, Gone, read_parameters
from cabinet.web.graphql import GraphQLEndpoint
from cabinet.web.upload import Upload, length_of, suffix_of

_FILE = re.compile(r"/import/([^/]+)/([^/]+)")
_REMARKS = re.compile(r"/import/([^/]+)/jobs/([^/]+)/(rejected|remarks)\.csv")
_PARAMETERS = {"source", "file"}
_NAME = re.compile(r"\w[\w .,()+@-]{0,119}")
_OF_THE_SUPPLY = ("hsds", "neighborhoods")
"""Formats that hold nothing an agency may say."""
_NAME_BYTES = 200
_RETRY_SECONDS = 30
_HOW = "POST /import/{community}/{format}?source=CODE&file=NAME"


class ImportEndpoint:
    """The ASGI application of /import."""

    def __init__(self, graphql: GraphQLEndpoint, keeper: Keeper) -> None:
        self.graphql, self.keeper = graphql, keeper
        self.database, self.settings = graphql.database, graphql.settings
        self.arriving = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = join_headers(scope["headers"])
        body = Body(send, self.settings.export_stall_seconds)
        try:
            if given := _REMARKS.fullmatch(scope["path"]):
                await self.give(scope["method"], headers, given, body)
            else:
                await self.take(scope, headers, receive, send)
        except Gone:
            return
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept inside.
            ours = error if isinstance(error, CabinetError) else mask(error)
            if body.has_begun:
                raise Cut(ours.code) from None
            await _refusal(ours, headers)(scope, receive, send)

    async def take(self, scope: Message, headers: Headers, receive: Receive, send: Send) -> None:
        """Keep a file, write down its job, and answer 202: what becomes of its rows is told by the job."""
        format_name, viewer, community = await self._asked(scope, headers)
        given = _parameters(scope["query_string"])
        organization = await own_organization(self.database, viewer, community, given.get("source"))
        name = _file_name(given.get("file", format_name), suffix_of(headers))
        length = length_of(headers, self.settings.import_bytes)
        with self._place():
            upload = Upload(self.database, scope, receive)
            received = await self._receive(upload, format_name, name, length, (viewer, community, organization))
        self.keeper.tell()
        job = encode_id(tables.import_job, community.community_id, received.job_id)
        answer = {"job": {"id": job, "state": ImportState.RECEIVED, "file": name, "bytes": received.size}}
        await JSONResponse(answer, 202, {"cache-control": "no-store"})(scope, receive, send)

    async def _receive(
        self,
        upload: Upload,
        format_name: str,
        name: str,
        length: int,
        whose: tuple[Viewer, Community, Organization],
    ) -> Received:
        """Write the file and its job; without the job no file stays."""
        spool = self.keeper.spool
        folder = await asyncio.to_thread(spool.make)
        await asyncio.to_thread(spool.check_room, length)
        job_id = await new_id(self.database)
        file = spool.begin(job_id, name)
        try:
            try:
                await upload.into(file)
            finally:
                file.close()
            received = Received(job_id, folder, format_name, name, file.size)
            await add_job(self.database, *whose, received)
        except BaseException:
            await asyncio.to_thread(spool.remove, job_id)
            raise
        return received

    async def give(self, method: str, headers: Headers, asked: re.Match[str], body: Body) -> None:
        """Answer what was said of a job's rows, as CSV; to whoever sent the file."""
        if method != "GET":
            raise MethodNotAllowed("This address answers GET only.", hint="The file itself goes to its format's.")
        viewer = await self.graphql.viewer(headers)
        community = await self.graphql.reader.directory.find(asked[1])
        job_id = decode_key(asked[2], tables.import_job, community.community_id)
        job = await find_job(self.database, viewer, community.community_id, job_id)
        body.headers = [
            (b"content-type", b"text/csv; charset=utf-8; header=present"),
            (b"content-disposition", f'attachment; filename="{asked[3]}.csv"'.encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-accel-buffering", b"no"),
        ]
        async for lines in csv_lines(self.database, viewer, job, rejected_only=asked[3] == "rejected"):
            await body.write(lines)
        await body.end()

    async def _asked(self, scope: Message, headers: Headers) -> tuple[str, Viewer, Community]:
        """Return what an address names, and who asks; raise for what cannot be sent there, and by whom."""
        if scope["method"] != "POST":
            raise MethodNotAllowed("A file comes by POST.", hint=_HOW)
        found = _FILE.fullmatch(scope["path"])
        if found is None:
            raise NotFound("There is no such address.", hint=_HOW)
        viewer = await self.graphql.viewer(headers)
        community = await self.graphql.reader.directory.find(found[1])
        grant(viewer, community.community_id, Action.IMPORT_FILES)
        if find_format(found[2]).name in _OF_THE_SUPPLY:
            raise Forbidden("What services there are is not an agency's to say.", hint="The operator loads it.")
        return found[2], viewer, community

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self.arriving >= self.settings.uploads:
            raise TooManyUploads
        self.arriving += 1
        try:
            yield
        finally:
            self.arriving -= 1


def _parameters(query: bytes) -> dict[str, str]:
    pairs = read_parameters(query)
    given = dict(pairs)
    if len(given) < len(pairs) or not given.keys() <= _PARAMETERS:
        raise InputInvalid("There are the parameters `source` and `file`, each once.", hint=_HOW)
    return given


def _file_name(name: str, suffix: str) -> str:
    """Return the name a file is kept and reported under. Readers go by its suffix, so that is the media type's."""
    name = PurePath(name).name
    if not name.casefold().endswith(suffix):
        name += suffix
    if not _NAME.fullmatch(name) or len(name.encode()) > _NAME_BYTES:
        raise InputInvalid("The name of the file cannot be kept.", hint="Use up to 100 letters and digits.")
    return name


def _refusal(error: CabinetError, headers: Headers) -> JSONResponse:
    said = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if isinstance(error, MethodNotAllowed):
        said["allow"] = "GET" if error.message.startswith("This address") else "POST"
    if isinstance(error, TooManyUploads):
        said["retry-after"] = str(_RETRY_SECONDS)
    if isinstance(error, TokenInvalid):
        said["www-authenticate"] = 'Bearer error="invalid_token"'
    if b"expect" in headers:
        # Whoever waited for leave to send a body and got none may send it or not: no request can follow on it.
        said["connection"] = "close"
    return JSONResponse(error.as_body(), error.status, said)
