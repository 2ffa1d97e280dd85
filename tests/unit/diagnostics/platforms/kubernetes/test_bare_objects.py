"""Objects of which the API server told nothing but that they are there: no check fails over them or calls them ill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.model import Kind
from sickbay.diagnostics.platforms.kubernetes.checks.api_server import api_server
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings

BARE = {plural: (kind.shape(),) for plural, kind in KINDS.items() if plural in Snapshot.__struct_fields__}


@pytest.mark.parametrize("check", catalogue.checks_of("kubernetes"), ids=lambda check: str(check.code))
@pytest.mark.parametrize("complete", [tuple(KINDS), ()], ids=["all read", "nothing read to its end"])
def test_no_check_fails_over_objects_without_fields(check: Check[Snapshot], complete: tuple[str, ...]) -> None:
    """Given one object of every kind without any field, when judged, then the check neither raises nor sees a fault."""
    found = findings(check, replace(cluster(complete=complete), **BARE))

    assert found == [] or check.kind is Kind.HYGIENE


@given(st.text(max_size=400))
def test_any_answer_of_readyz_is_understood(health: str) -> None:
    """Given any text as the answer of `/readyz`, when judged, then only lines that begin with [-] are failed checks."""
    told = findings(api_server, replace(cluster(), health=health))

    assert len(told) <= any(line.startswith("[-]") for line in health.splitlines())
