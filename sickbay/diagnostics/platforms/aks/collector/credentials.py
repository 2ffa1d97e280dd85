"""The token of one diagnosis, from azure-identity's DefaultAzureCredential: never interactive, asked for once."""

import logging
import threading
from typing import Any

from azure.core.credentials import AccessToken
from azure.identity import AzureAuthorityHosts, DefaultAzureCredential

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.aks.target import AksTarget

#: Seconds to connect to a token endpoint, and to wait for its answer. The command line of Azure may take as long.
CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
#: Where tokens come from in clouds that are not the public one, whose address the environment may change.
_AUTHORITIES = {
    "AzureUSGovernment": AzureAuthorityHosts.AZURE_GOVERNMENT,
    "AzureChinaCloud": AzureAuthorityHosts.AZURE_CHINA,
}


class Credential:
    """A credential that asks for each scope's token once, so that not every thread of a diagnosis runs `az`."""

    def __init__(self, target: AksTarget, budget: Budget) -> None:
        self._target = target
        self._budget = budget
        self._lock = threading.Lock()
        self._chain: DefaultAzureCredential | None = None
        self._tokens: dict[tuple[str, ...], AccessToken] = {}

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        """Give the token. Raises azure-core's ClientAuthenticationError, and ValueError for a wrong environment."""
        with self._lock:
            if self._chain is None:
                self._chain = self._made()
            if scopes not in self._tokens:
                self._tokens[scopes] = self._chain.get_token(*scopes)
            return self._tokens[scopes]

    def close(self) -> None:
        """Close what is open."""
        if self._chain is not None:
            self._chain.close()

    def _made(self) -> DefaultAzureCredential:
        # What the sign-in failed with is told in the report; the SDK would write it to standard error as well.
        logging.getLogger("azure").setLevel(logging.ERROR)
        cloud, budget = self._target.cloud, self._budget
        options: dict[str, Any] = {"authority": _AUTHORITIES[cloud]} if cloud in _AUTHORITIES else {}
        return DefaultAzureCredential(
            exclude_interactive_browser_credential=True,
            # The authority is the configuration's or the environment's: asking Microsoft's about it adds one more
            # address that must be reachable.
            disable_instance_discovery=True,
            process_timeout=max(1, int(budget.timeout(READ_SECONDS))),
            connection_timeout=budget.timeout(CONNECT_SECONDS),
            read_timeout=budget.timeout(READ_SECONDS),
            retry_total=0,
            **options,
        )
