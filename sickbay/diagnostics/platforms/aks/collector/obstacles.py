"""What the errors of Azure's SDK mean, in our words."""

import re
from collections.abc import Mapping

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ServiceRequestTimeoutError,
    ServiceResponseTimeoutError,
)
from azure.identity import CredentialUnavailableError

from sickbay.diagnostics.causes import chain
from sickbay.diagnostics.platforms.aks.facts import Obstacle, Unreachable
from sickbay.diagnostics.platforms.aks.rights import Right
from sickbay.diagnostics.redaction import redact

_UNAUTHORIZED, _FORBIDDEN, _SERVER_ERROR = 401, 403, 500
_LONGEST = 400
_EXPIRED = re.compile(r"AADSTS7000222|AADSTS700082|AADSTS50173|keys? .{0,60}expired")
_SIGN_IN = re.compile(r"AADSTS\d+:.*?(?=Trace ID|\s*$)", re.DOTALL)
_TIMED_OUT = ("timed out", "timeout")
#: A line of the error of DefaultAzureCredential: what it tried, and why that gave no token.
_TRIED = re.compile(r"^\s*(\w+)Credential: ([^\n.]+)", re.MULTILINE)

#: Whoever gives the token says nothing, longer than there is time.
NO_TOKEN = Unreachable(obstacle=Obstacle.TIMEOUT, message="the token endpoint gives no answer in time")


class UnreachableError(Exception):
    """Raised when Azure tells nothing at all; `why` is the fact for the snapshot."""

    def __init__(self, why: Unreachable) -> None:
        super().__init__(why.message)
        self.why = why


class CallError(Exception):
    """Raised when one call failed; `status` is the answer's HTTP status, 0 where there was none."""

    def __init__(self, message: str, status: int = 0, code: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def signing_in(error: Exception) -> Unreachable:
    """Give why no token could be had."""
    text = " ".join(str(link) for link in chain(error))
    if any(word in text.lower() for word in _TIMED_OUT):
        return NO_TOKEN
    told = _SIGN_IN.search(text)
    message = _short(told[0] if told else str(error))
    if _EXPIRED.search(text):
        return Unreachable(obstacle=Obstacle.EXPIRED, message=message)
    if told and not isinstance(error, CredentialUnavailableError):
        return Unreachable(obstacle=Obstacle.REFUSED_SIGN_IN, message=message)
    tried = "; ".join(f"{name} ({why.strip()})" for name, why in _TRIED.findall(str(error)))
    message = _short(f"tried {tried}") if tried else message
    return Unreachable(obstacle=Obstacle.NO_CREDENTIALS, message=message)


def call_error(error: AzureError) -> CallError:
    """Give what one call failed with."""
    if not isinstance(error, HttpResponseError) or error.response is None:
        timed_out = isinstance(error, (ServiceRequestTimeoutError, ServiceResponseTimeoutError))
        slow = timed_out or any(word in str(error).lower() for word in _TIMED_OUT)
        return CallError("no answer in time" if slow else _short(str(error)))
    told = getattr(error, "error", None)
    code, message = str(getattr(told, "code", "") or ""), str(getattr(told, "message", "") or "")
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    seconds = headers.get("Retry-After", "")
    text = message if message and message != "None" else error.reason or ""
    return CallError(_short(text), error.status_code or 0, code, float(seconds) if seconds.isdecimal() else 0.0)


def reason(error: CallError, right: Right) -> str:
    """Say why something could not be read, and what its reading takes."""
    if not error.status:
        return str(error)
    told = f"{error.status} {error.code}".strip()
    forms = {
        401: f"Azure does not accept the token ({told}): is it one of the cluster's tenant and cloud?",
        403: f"Azure denies it ({told}): it takes {right.action}, which the role {right.role} has.",
        404: f"there is no such thing ({told}): {error}",
        409: f"it is at odds with the state of things ({told}): {error}",
        429: f"Azure throttles the subscription ({told}), for longer than there was time to wait.",
    }
    kind = "Azure failed" if error.status >= _SERVER_ERROR else "Azure answered"
    return forms.get(error.status, f"{kind} ({told}): {error}")


def unreachable(error: CallError, right: Right) -> Unreachable:
    """Give why the cluster itself could not be read."""
    kinds = {0: Obstacle.TIMEOUT if "in time" in str(error) else Obstacle.OTHER, _UNAUTHORIZED: Obstacle.UNAUTHORIZED,
             _FORBIDDEN: Obstacle.FORBIDDEN}  # fmt: skip
    return Unreachable(obstacle=kinds.get(error.status, Obstacle.OTHER), message=reason(error, right))


def _short(text: str) -> str:
    return redact(" ".join(text.split())[:_LONGEST]).strip()
