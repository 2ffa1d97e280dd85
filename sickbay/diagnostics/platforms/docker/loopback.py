"""Which addresses lead to the machine itself, and so are no way in from elsewhere."""

import re
from ipaddress import ip_network

_NAMED = re.compile(r"(?:tcp://)?(?:localhost|127\.[\d.]+|\[?::1\]?)(?::\d+)?", re.IGNORECASE)


def is_loopback(address: str) -> bool:
    """Say whether an address (`tcp://[::1]:2375`, `localhost:5000`) or a network is this machine's own."""
    if _NAMED.fullmatch(address):
        return True
    try:
        return ip_network(address, strict=False).is_loopback
    except ValueError:
        return False
