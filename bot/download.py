"""Fetch a file from where Slack keeps it. The bot's token goes nowhere else: every address is looked at first.

Who may not read a file gets no error from Slack, but is led to its sign-in page, which is HTML and answers 200.
"""

from email.message import Message
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sickbay.diagnostics.errors import PermanentError, TemporaryError

#: Seconds until a download is tried again that met an error on Slack's side or no answer.
_SLACK_ILL = 2.0
_DOMAINS = ("slack.com", "slack-gov.com")
_TOO_MANY, _ILL = 429, 500
_GONE = frozenset({404, 410})
_PAGE = (b"<!doctype html", b"<html")


class TooLargeError(PermanentError):
    """Raised when there is more of a file than was asked for."""


class SignInError(PermanentError):
    """Raised when Slack shows its sign-in page instead of the file: the token may not read files."""


class MissingError(PermanentError):
    """Raised when the file is not there any more."""


def fetch(url: str, *, token: str, api_url: str, most: int, seconds: float) -> bytes:
    """Give the file's bytes. Raises PermanentError, or TemporaryError where another try may help."""
    _refuse_strangers(url, api_url)
    request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - looked at above
    try:
        with build_opener(_WithinSlack(api_url)).open(request, timeout=seconds) as answer:
            content: bytes = answer.read(most + 1)
            is_page = answer.headers.get_content_type() == "text/html"
    except HTTPError as error:
        raise _understood(error) from error
    except (HTTPException, OSError) as error:
        raise TemporaryError(f"Slack does not give the file: {error}.", delay=_SLACK_ILL) from error
    if is_page or content.lstrip()[:20].lower().startswith(_PAGE):
        raise SignInError("Slack shows its sign-in page instead.")
    if len(content) > most:
        raise TooLargeError("It is too large.")
    return content


class _WithinSlack(HTTPRedirectHandler):
    """Follows redirects with the token, as long as they stay with Slack."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        """Give the next request. Raises PermanentError where it would leave Slack."""
        _refuse_strangers(newurl, self._api_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]  # as it was given


def _refuse_strangers(url: str, api_url: str) -> None:
    """Raise PermanentError for an address that is neither where Slack's API is nor Slack's own by HTTPS."""
    parts, api = urlsplit(url), urlsplit(api_url)
    host = (parts.hostname or "").lower()
    slacks = parts.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in _DOMAINS)
    if not (slacks or (parts.scheme, parts.netloc) == (api.scheme, api.netloc)):
        raise PermanentError("Its address is not Slack's, so Sickbay does not go there.")


def _understood(error: HTTPError) -> PermanentError | TemporaryError:
    if error.code in _GONE:
        return MissingError("It was deleted.")
    if error.code == _TOO_MANY or error.code >= _ILL:
        return TemporaryError(f"Slack answers {error.code} for the file.", delay=_delay(error.headers))
    return PermanentError(f"Slack answers {error.code}.")


def _delay(headers: Message) -> float:
    try:
        return max(1.0, float(headers.get("Retry-After", _SLACK_ILL)))
    except ValueError:
        return _SLACK_ILL
