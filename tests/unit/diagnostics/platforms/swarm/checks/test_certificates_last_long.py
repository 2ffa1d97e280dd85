"""DKR-S110: a node's certificate holds longer than it should."""

from sickbay.diagnostics.platforms.swarm.checks.certificates_last_long import certificates_last_long
from tests.unit.diagnostics.platforms.swarm.swarms import findings, membership, swarm


def test_certificates_of_a_year() -> None:
    """Given certificates of a year, then that is told; Docker's own 90 days are well."""
    (found,) = findings(certificates_last_long, swarm(info=membership(certificates_days=365)))

    assert found.summary == "The certificates of prod's nodes hold 365 days, longer than Docker's 90."
    assert findings(certificates_last_long, swarm()) == []
