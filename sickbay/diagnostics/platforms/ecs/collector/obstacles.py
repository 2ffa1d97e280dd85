"""What an error of boto3 says: the class of what is in the way."""

import re

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)

from sickbay.diagnostics.cleaning import clean
from sickbay.diagnostics.platforms.ecs.facts import Obstacle

_LONGEST = 500
_CODES: dict[str, Obstacle] = {
    "ExpiredToken": Obstacle.EXPIRED,
    "ExpiredTokenException": Obstacle.EXPIRED,
    "RequestTimeTooSkewed": Obstacle.CLOCK,
    "RequestExpired": Obstacle.CLOCK,
    "SignatureDoesNotMatch": Obstacle.SIGNATURE,
    "InvalidSignatureException": Obstacle.SIGNATURE,
    "UnrecognizedClientException": Obstacle.INVALID,
    "InvalidClientTokenId": Obstacle.INVALID,
    "InvalidAccessKeyId": Obstacle.INVALID,
    "MissingAuthenticationToken": Obstacle.NO_CREDENTIALS,
    "MissingAuthenticationTokenException": Obstacle.NO_CREDENTIALS,
    "AccessDenied": Obstacle.DENIED,
    "AccessDeniedException": Obstacle.DENIED,
    "UnauthorizedOperation": Obstacle.DENIED,
    "AuthorizationError": Obstacle.DENIED,
    "OptInRequired": Obstacle.DENIED,
    "ClusterNotFoundException": Obstacle.NO_CLUSTER,
}
THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "LimitExceededException",
        "SlowDown",
    }
)
_CLOCK = re.compile(r"signature (?:expired|not yet current)|is now earlier than|is still later than", re.IGNORECASE)


def code_of(error: Exception) -> str:
    """Give AWS's own code of an error, or nothing."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def obstacle_of(error: Exception) -> Obstacle:
    """Give the class of an error."""
    if isinstance(error, ClientError):
        code = code_of(error)
        found = Obstacle.THROTTLED if code in THROTTLED else _CODES.get(code, Obstacle.OTHER)
        return Obstacle.CLOCK if found is Obstacle.SIGNATURE and _CLOCK.search(str(error)) else found
    match error:
        case NoCredentialsError() | PartialCredentialsError() | ProfileNotFound():
            return Obstacle.NO_CREDENTIALS
        case SSOError() | TokenRetrievalError():
            return Obstacle.EXPIRED
        case CredentialRetrievalError():
            return Obstacle.NO_CREDENTIALS
        case ConnectTimeoutError() | ReadTimeoutError():
            return Obstacle.TIMEOUT
        case EndpointConnectionError() | ConnectionClosedError() | HTTPClientError():
            return Obstacle.NOT_REACHED
    return Obstacle.OTHER


def text_of(error: Exception) -> str:
    """Give what the error says, cleaned and cut: AWS's code and message, or boto3's own words."""
    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        text = f"{told.get('Code', 'error')}: {told.get('Message', '')}".removesuffix(": ")
    else:
        text = str(error) if isinstance(error, BotoCoreError) else f"{type(error).__name__}: {error}"
    return clean(text[:_LONGEST])
