"""Which addresses lead to the machine itself."""

import pytest

from sickbay.diagnostics.platforms.docker.loopback import is_loopback


@pytest.mark.parametrize(
    "address",
    [
        "tcp://127.0.0.1:2375",
        "tcp://[::1]:2375",
        "tcp://LOCALHOST:2375",
        "localhost",
        "localhost:5000",
        "127.0.0.0/8",
        "::1/128",
    ],
)
def test_the_loopback_is_known_in_every_form(address: str) -> None:
    """Given an address or a network of the loopback, when asked, then it is known as that."""
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.7:2375",
        "10.0.0.0/8",
        "0.0.0.0/0",
        "registry:5000",
        "localhost.example.com",
        "127.0.0.1.nip.io",
        "",
    ],
)
def test_nothing_else_is_taken_for_it(address: str) -> None:
    """Given any other address, also one whose name begins like the loopback's, when asked, then it is none."""
    assert not is_loopback(address)
