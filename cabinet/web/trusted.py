"""Trusted documents: texts the operator put into a manifest, which requests name by their hash."""

from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import orjson

from cabinet.errors import DocumentInvalid, ManifestInvalid, PersistedQueryNotFound
from cabinet.read.document import ValidationFailed
from cabinet.settings import Settings
from cabinet.web.documents import documents


class TrustedDocuments:
    """The documents by their hashes, SHA-256 of the UTF-8 text in lower-case hexadecimal."""

    def __init__(self, documents: Iterable[str] = (), *, only: bool = False) -> None:
        self.by_hash = {digest(text): text for text in documents}
        self.only = only
        """Whether no other documents are answered."""
        self._texts = frozenset(self.by_hash.values())

    def __contains__(self, text: str) -> bool:
        return text in self._texts

    def find(self, name: str) -> str:
        """Return the document of this hash; raise PersistedQueryNotFound."""
        try:
            return self.by_hash[name]
        except KeyError:
            raise PersistedQueryNotFound from None


def trusted_documents(settings: Settings) -> TrustedDocuments:
    """Return what this server trusts: the page's own documents, and those of the manifest, if it has one."""
    page = (files("cabinet.web") / "static").iterdir()
    documents = [file.read_text() for file in page if file.name.endswith(".graphql")]
    if settings.trusted_documents is not None:
        documents += read_manifest(settings.trusted_documents)
    return TrustedDocuments(documents, only=settings.trusted_only)


def read_manifest(path: Path) -> list[str]:
    """Read a manifest and check each entry, so that no client meets a bad one; raise ManifestInvalid."""
    try:
        manifest = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ManifestInvalid(f"{path} cannot be read: {error}.") from error
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise ManifestInvalid(f"{path} is not a JSON object of documents by their hashes.")
    for name, text in manifest.items():
        if digest(text) != name:
            raise ManifestInvalid(f"{path}: {name} is not the SHA-256 of its document, {digest(text)} is.")
        check(text, f"{path}: {name}")
    return list(manifest.values())


def write_manifest(folder: Path) -> bytes:
    """Return the manifest of every .graphql file in a folder and its folders; raise ManifestInvalid."""
    documents = {}
    for file in sorted(folder.rglob("*.graphql")):
        try:
            text = file.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise ManifestInvalid(f"{file} cannot be read: {error}.", hint="Write it in UTF-8.") from error
        check(text, str(file))
        documents[digest(text)] = text
    if not documents:
        raise ManifestInvalid(f"There is no .graphql file in {folder}.", hint="Name another folder.")
    return orjson.dumps(documents, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def check(text: str, where: str) -> None:
    """Check that a document parses and validates; raise ManifestInvalid."""
    try:
        documents.read(text, member=True)
    except DocumentInvalid as error:
        raise ManifestInvalid(f"{where}: {error.message}", hint=error.hint) from error
    except ValidationFailed as failed:
        raise ManifestInvalid(f"{where}: {failed.errors[0].message}", hint=DocumentInvalid.hint) from failed


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
