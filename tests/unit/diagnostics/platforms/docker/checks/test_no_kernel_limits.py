"""DKR-E104: limits that the kernel does not enforce."""

from sickbay.diagnostics.platforms.docker.checks.no_kernel_limits import no_kernel_limits
from sickbay.diagnostics.platforms.docker.wire.engine import Info
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, info


def test_a_kernel_without_memory_and_swap_limits() -> None:
    """Given a kernel that limits neither memory nor swap, when judged, then the boot parameters are the remedy."""
    (finding,) = findings(no_kernel_limits, host(info=info(memory_limit=False, swap_limit=False, cgroup_version="1")))

    assert finding.summary == (
        "host-7's kernel does not limit containers' memory or swap and runs on cgroup v1, whose support ends."
    )
    assert finding.remedy is not None
    assert "swapaccount=1" in finding.remedy.text


def test_a_kernel_without_swap_limits_only() -> None:
    """Given a kernel that limits memory but not swap, when judged, then only swap is named."""
    (finding,) = findings(no_kernel_limits, host(info=info(swap_limit=False)))

    assert finding.summary == "host-7's kernel does not limit containers' swap."


def test_cgroup_v1_alone() -> None:
    """Given a kernel on cgroup v1 that enforces all limits, when judged, then the move to v2 is the remedy."""
    (finding,) = findings(no_kernel_limits, host(info=info(cgroup_version="1")))

    assert "cgroup v1" in finding.summary
    assert finding.remedy is None


def test_an_engine_that_leaves_the_fields_out() -> None:
    """Given an engine that says nothing of limits, when judged, then absence proves nothing."""
    assert findings(no_kernel_limits, host(info=Info())) == []


def test_windows_has_other_limits() -> None:
    """Given a Windows host, whose engine says false for all of them, when judged, then nothing is said."""
    assert findings(no_kernel_limits, host(info=info(os_type="windows", memory_limit=False, swap_limit=False))) == []
