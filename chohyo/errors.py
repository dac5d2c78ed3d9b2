"""One root error; each child says what was wrong and what to do.

A message is a gettext msgid with named parameters. It is rendered in the reader's language at the
door (HTTP, console, command line), so an error carries a code and parameters, never a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self


class ChohyoError(Exception):
    """Root of all errors that a caller can do something about.

    `passing` errors say nothing about what was asked for: the same may succeed later.
    """

    code: ClassVar[str] = "internal"
    message: ClassVar[str] = "Something went wrong inside chohyo. The log has the details."
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    passing: ClassVar[bool] = False

    def __init__(self, **params: str | int | float) -> None:
        self.params = params
        super().__init__(self.message.format(**params))


class NotFoundError(ChohyoError):
    """The thing does not exist, or the caller may not see it; both look the same."""

    code = "not-found"
    message = "There is no {kind} {id} that you may see."
    http_status = 404
    exit_code = 4


class UnauthenticatedError(ChohyoError):
    """No valid key or session came with the request."""

    code = "unauthenticated"
    message = "Send a valid API key, or log in."
    http_status = 401
    exit_code = 5


class ForbiddenError(ChohyoError):
    """The caller is known, but the role does not suffice."""

    code = "forbidden"
    message = "This needs the role {needed}. Ask an administrator to grant it."
    http_status = 403
    exit_code = 5


class ConflictError(ChohyoError):
    """The thing is in a state in which the action makes no sense."""

    code = "conflict"
    message = "The {kind} is already {state}. Reload it and decide again."
    http_status = 409
    exit_code = 6


class TooFewDecisionsError(ChohyoError):
    """Too few pages were decided by people to fit a calibration to."""

    code = "too-few-decisions"
    message = (
        "People decided {there} pages ({right} as the machine would have, {wrong} otherwise). "
        "At least {missing} more are needed, of each kind at least {each}: decide pages in review, "
        "and check routed ones. Until then nothing changes."
    )
    http_status = 409
    exit_code = 6


class PageMisplacedError(ChohyoError):
    """The page does not lie on its blank form, so that nothing is in its place."""

    code = "page-misplaced"
    message = "The page does not lie on the form well enough to be read. Decide which form it is."
    http_status = 409
    exit_code = 6


class LastAdministratorError(ConflictError):
    """The change would leave a collection without a person who administers it."""

    code = "last-administrator"
    message = (
        "Nobody would be left to administer {collection}. Make somebody else administrator first."
    )


class RequestUnderWayError(ChohyoError):
    """A request with the same Idempotency-Key is being answered right now."""

    code = "idempotency-in-progress"
    message = "A request with this Idempotency-Key is under way. Try again in a moment."
    http_status = 409
    exit_code = 6


class IdempotencyMismatchError(ChohyoError):
    """The Idempotency-Key came with another request before."""

    code = "idempotency-mismatch"
    message = "This Idempotency-Key was used for another request. Choose a new key for a new one."
    http_status = 422
    exit_code = 2


class InvalidInputError(ChohyoError):
    """A field of the request is not acceptable."""

    code = "invalid-input"
    message = "{field}: {reason}"
    http_status = 422
    exit_code = 2


class SchemaMistakeError(InvalidInputError):
    """Something in a schema file is not acceptable; `field` is a JSON pointer, `other` one more."""

    code = "schema-mistake"
    message = "{field}: {reason}{other}"


class SchemaRefusedError(ChohyoError):
    """A schema file is not acceptable; `mistakes` are all that is wrong with it."""

    code = "schema-refused"
    message = (
        "The schema was not taken over. Mend its {problems} mistakes, the first at "
        "{field}: {reason}{other}"
    )
    http_status = 422
    exit_code = 2
    mistakes: tuple[SchemaMistakeError, ...] = ()

    @classmethod
    def of(cls, mistakes: Sequence[SchemaMistakeError]) -> Self:
        """Return the error that refuses a schema for these mistakes."""
        refused = cls(problems=len(mistakes), **mistakes[0].params)
        refused.mistakes = tuple(mistakes)
        return refused


def mistakes_of(error: ChohyoError) -> tuple[SchemaMistakeError, ...]:
    """Return all that is wrong with a file that was refused; none of other errors."""
    return error.mistakes if isinstance(error, SchemaRefusedError) else ()


class UnavailableError(ChohyoError):
    """A part that the request needs is not answering."""

    code = "unavailable"
    message = "{part} does not answer. Start it, or try again in a moment."
    http_status = 503
    exit_code = 7
    passing = True


class TooBusyError(ChohyoError):
    """Others do the same right now, and it takes too long."""

    code = "too-busy"
    message = "Too much is being read right now. Try again in a moment."
    http_status = 503
    exit_code = 7
    passing = True


class RejectedFileError(ChohyoError):
    """An uploaded file cannot be taken in; each child is one reason."""

    code = "file-rejected"
    message = "{filename} cannot be read."
    http_status = 422
    exit_code = 3


class FileTooLargeError(RejectedFileError):
    """The file has more bytes than the limit allows."""

    code = "file-too-large"
    message = (
        "{filename} is {size_mib} MiB; the limit is {limit_mib} MiB. "
        "Split the file, or raise CHOHYO_LIMITS__FILE_MIB."
    )
    http_status = 413


class FileEmptyError(RejectedFileError):
    """The file has no bytes or no pages."""

    code = "file-empty"
    message = "{filename} is empty. Scan or export it again."


class FileTypeError(RejectedFileError):
    """The bytes are not one of the accepted formats, whatever the name says."""

    code = "file-type"
    message = "{filename} is not a PDF, PNG, JPEG or TIFF file. Convert it to one of these."
    http_status = 415


class FileEncryptedError(RejectedFileError):
    """The PDF asks for a password."""

    code = "file-encrypted"
    message = "{filename} is protected by a password. Save a copy without one."


class FileDamagedError(RejectedFileError):
    """The file is truncated or malformed."""

    code = "file-damaged"
    message = "{filename} is damaged or cut short. Scan or export it again."


class TooManyPagesError(RejectedFileError):
    """The document has more pages than the limit allows."""

    code = "too-many-pages"
    message = (
        "{filename} has {pages} pages; the limit is {limit}. "
        "Split the file, or raise CHOHYO_LIMITS__PAGES."
    )
    http_status = 413


class PageTooLargeError(RejectedFileError):
    """A page has more pixels than the limit allows."""

    code = "page-too-large"
    message = (
        "Page {page} of {filename} has {megapixels} megapixels; the limit is {limit}. "
        "Scan at a lower resolution, or raise CHOHYO_LIMITS__PAGE_MEGAPIXELS."
    )
    http_status = 413


class ParseTimeoutError(RejectedFileError):
    """Parsing took longer than allowed and was killed."""

    code = "parse-timeout"
    message = (
        "{filename} took longer than {seconds} seconds to read and was stopped. "
        "Export it again in a simpler form, or raise CHOHYO_LIMITS__PARSE_SECONDS."
    )


class ParseMemoryError(RejectedFileError):
    """Parsing needed more memory than allowed and was killed."""

    code = "parse-memory"
    message = (
        "{filename} needs more than {limit_mib} MiB of memory to read. "
        "Export it again in a simpler form, or raise CHOHYO_LIMITS__PARSE_MEMORY_MIB."
    )


class EmptyQueryError(ChohyoError):
    """A search has nothing to search by."""

    code = "empty-query"
    message = "The search is empty. Give words, an image or a page to search by."
    http_status = 422
    exit_code = 2


class ImageTooLargeError(ChohyoError):
    """The image of a search has more pixels than one may have."""

    code = "image-too-large"
    message = (
        "The image has {megapixels} megapixels; a search takes at most {limit}. Cut out the part "
        "that matters, or make it smaller."
    )
    http_status = 413
    exit_code = 2


class QueryTooLongError(ChohyoError):
    """The words of a search are too many."""

    code = "query-too-long"
    message = "The query has {length} characters; the limit is {limit}. Search for a part of it."
    http_status = 422
    exit_code = 2


class UnknownFieldError(ChohyoError):
    """A filter names a field that no form type has."""

    code = "unknown-field"
    message = "No form type that you may see has the field {field}. Check its name or label."
    http_status = 422
    exit_code = 2


class RerankerOffError(ChohyoError):
    """The reranker needs a model that is not configured."""

    code = "reranker-off"
    message = (
        "The reranker {reranker} needs a model that is not configured here. Set "
        "CHOHYO_PROFILE=qwen and CHOHYO_QWEN__WITH_RERANKER=true, or use off or registration."
    )
    http_status = 409
    exit_code = 6


class StaleCursorError(ChohyoError):
    """The page at which a cursor stands is gone, or is no longer found."""

    code = "stale-cursor"
    message = (
        "The page at which these results go on was deleted or has changed. Search again from "
        "the start."
    )
    http_status = 410
    exit_code = 6


class SpaceIncompleteError(ChohyoError):
    """The embedding space lacks vectors of pages, so that it cannot lead."""

    code = "space-incomplete"
    message = (
        "The embedding space {space} lacks {missing} pages. Fill it first: "
        "`chohyo reindex --space {space}`."
    )
    http_status = 409
    exit_code = 6


class SpaceFailedPagesError(ChohyoError):
    """Pages could not be embedded in the space, so that it would lead without them."""

    code = "space-failed-pages"
    message = (
        "In the embedding space {space}, {failed} pages could not be embedded. Fill it again, or "
        "switch without them."
    )
    http_status = 409
    exit_code = 6


class SpaceInUseError(ChohyoError):
    """The embedding space leads, so that it cannot be dropped."""

    code = "space-in-use"
    message = "The embedding space {space} is in use. Switch to another one first."
    http_status = 409
    exit_code = 6


class SpaceNotServedError(UnavailableError):
    """No model here computes the vectors of the embedding space; work on pages waits for one."""

    code = "space-not-served"
    message = (
        "No model here fills the embedding space {space}. Configure that model again, or fill "
        "another space and switch: `chohyo reindex --space … --switch`."
    )


class NoEarlierSpaceError(ChohyoError):
    """No space was switched away from, so that there is none to go back to."""

    code = "no-earlier-space"
    message = "No embedding space was switched away from: there is none to go back to."
    http_status = 409
    exit_code = 6
