"""What is fetched from Amazon SNS: its certificates, the confirmation of a subscription. No redirect is followed."""

from collections import OrderedDict

import urllib3

from sickbay.incidents.alerts.model import SenderUnavailableError

#: Seconds, and bytes of an answer.
_PATIENCE, _MOST_BYTES = 5.0, 64 * 1024
#: Certificates that are kept: each region has one for a year or more.
_KEPT = 16


class SnsCalls:
    """Asks SNS; addresses are checked by the caller."""

    def __init__(self) -> None:
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(_PATIENCE), retries=False)
        self._certificates: OrderedDict[str, bytes] = OrderedDict()

    def certificate(self, url: str) -> bytes:
        """Give a certificate, as PEM, fetched once. Raises SenderUnavailableError."""
        known = self._certificates.get(url)
        if known is None:
            known = self._certificates[url] = self._get(url)
            while len(self._certificates) > _KEPT:
                self._certificates.popitem(last=False)
        return known

    def confirm(self, url: str) -> None:
        """Confirm a subscription. Raises SenderUnavailableError."""
        self._get(url)

    def _get(self, url: str) -> bytes:
        try:
            answer = self._http.request("GET", url, redirect=False, preload_content=False)
            try:
                body = answer.read(_MOST_BYTES + 1)
            finally:
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SenderUnavailableError(f"Amazon SNS does not answer: {type(error).__name__}.") from error
        if answer.status != 200 or len(body) > _MOST_BYTES:
            raise SenderUnavailableError(f"Amazon SNS answers {answer.status} to a request about its own message.")
        return bytes(body)
