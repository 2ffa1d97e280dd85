"""The way to Azure Resource Manager through the SDK: its credentials, transport and operations; bounded reads.

The SDK would register a resource provider by itself, and follow a page's link to wherever it leads: a policy sees to
it that nothing but reads goes out, and to no other host.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from azure.core import AzureClouds
from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.pipeline import PipelineRequest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.core.tools import get_arm_endpoints
from requests import Session
from requests.adapters import HTTPAdapter

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.aks.collector.credentials import Credential
from sickbay.diagnostics.platforms.aks.collector.decoding import next_link
from sickbay.diagnostics.platforms.aks.collector.obstacles import CallError, UnreachableError, call_error, signing_in
from sickbay.diagnostics.platforms.aks.target import AksTarget

#: Seconds to connect, and to wait for each read of an answer. Detectors and metrics take their time.
CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
#: How often a call is made again that met 429 or an error on the server's side.
TRIES = 3
#: Connections kept open: one for each thread of a diagnosis, its detectors' too.
CONNECTIONS = 20
#: Pages of one list at most.
MOST_PAGES = 20
_CLOUDS = {
    "AzureCloud": AzureClouds.AZURE_PUBLIC_CLOUD,
    "AzureUSGovernment": AzureClouds.AZURE_US_GOVERNMENT,
    "AzureChinaCloud": AzureClouds.AZURE_CHINA_CLOUD,
}
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500
_HANDS_OUT = "/listClusterUserCredential"

Query = dict[str, str]
R = TypeVar("R")


def resource_id(target: AksTarget) -> str:
    """Give the cluster's id in Resource Manager."""
    return (
        f"/subscriptions/{target.subscription}/resourceGroups/{target.resource_group}"
        f"/providers/Microsoft.ContainerService/managedClusters/{target.cluster}"
    )


def _session() -> Session:
    """Give a session that keeps more connections open than the SDK's own, which would warn of each that it drops."""
    session = Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
    return session


class _RefusedError(AzureError):
    """Raised in place of a request that Sickbay does not make."""


class _Guard(SansIOHTTPPolicy[Any, Any]):
    """Lets reads of one host through."""

    def __init__(self, address: str, *, hands_out: bool) -> None:
        self._address = urlsplit(address)
        self._hands_out = hands_out

    def on_request(self, request: PipelineRequest[Any]) -> None:
        asked, method = urlsplit(request.http_request.url), request.http_request.method
        if method != "GET" and not (self._hands_out and method == "POST" and asked.path.endswith(_HANDS_OUT)):
            raise _RefusedError(f"{method} {asked.path} is no read: Sickbay does not send it")
        if (asked.scheme, asked.netloc) != (self._address.scheme, self._address.netloc):
            raise _RefusedError(f"an answer leads to {asked.netloc}, which is not asked")
        # Plain HTTP leads to this machine alone, as the target's own check has it.
        request.context.options["enforce_https"] = self._address.scheme == "https"


class Connection:
    """A connection to Resource Manager, shared by the threads of one diagnosis."""

    def __init__(self, target: AksTarget, budget: Budget) -> None:
        self._budget = budget
        cloud = _CLOUDS[target.cloud]
        endpoints = get_arm_endpoints(cloud)
        self.address = (target.resource_manager or endpoints["resource_manager"]).rstrip("/")
        self._scopes = endpoints["credential_scopes"]
        self.credential = Credential(target, budget)
        self.client = ContainerServiceClient(
            self.credential,
            target.subscription,
            self.address,
            cloud_setting=cloud,
            per_retry_policies=[_Guard(self.address, hands_out=target.user_credentials)],
            retry_total=0,
            transport=RequestsTransport(session=_session()),
        )

    def open(self) -> None:
        """Sign in. Raises UnreachableError."""
        try:
            self.credential.get_token(*self._scopes)
        except (AzureError, ValueError) as error:
            raise UnreachableError(signing_in(error)) from error

    def close(self) -> None:
        """Close what is open; calls still under way fail."""
        self.client.close()
        self.credential.close()

    def call(self, operation: Callable[..., object], *arguments: str) -> list[bytes]:
        """Give the bodies of an operation of the SDK, one a page. Raises CallError."""

        def once() -> list[bytes]:
            bodies: list[bytes] = []
            result = operation(
                *arguments,
                raw_response_hook=lambda answer: bodies.append(answer.http_response.content),
                **self._timeouts,
            )
            if isinstance(result, Iterable) and hasattr(result, "by_page"):
                for _page in zip(range(MOST_PAGES), result.by_page(), strict=False):
                    pass
            return bodies

        return self._patiently(once)

    def get(self, path: str, version: str, query: Query | None = None) -> list[bytes]:
        """Give the bodies of `GET path` in the API's `version`, one a page. Raises CallError."""
        url, parameters = self.address + path, {"api-version": version, **(query or {})}
        bodies: list[bytes] = []
        while url and len(bodies) < MOST_PAGES:
            request = HttpRequest("GET", url, params=parameters)
            bodies.append(self._patiently(partial(self._send, request)))
            url, parameters = next_link(bodies[-1]), {}
        return bodies

    def _send(self, request: HttpRequest) -> bytes:
        answer = self.client.send_request(request, **self._timeouts)
        if answer.status_code != _OK:
            raise HttpResponseError(response=answer)
        return answer.content

    @property
    def _timeouts(self) -> dict[str, Any]:
        return {
            "connection_timeout": self._budget.timeout(CONNECT_SECONDS),
            "read_timeout": self._budget.timeout(READ_SECONDS),
        }

    def _patiently(self, once: Callable[[], R]) -> R:
        """Make a call, again where Azure throttles or fails, as long as the budget lasts."""
        for attempt in range(TRIES):
            try:
                return once()
            except AzureError as error:
                failed = call_error(error)
                delay = failed.retry_after or 0.5 * 2**attempt
                again = failed.status == _TOO_MANY or failed.status >= _SERVER_ERROR
                if not again or attempt == TRIES - 1 or delay >= self._budget.remaining:
                    raise failed from error
                time.sleep(delay)
        raise CallError("it was not tried")
