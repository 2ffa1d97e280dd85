"""Shapes of data are built before threads use them, which would crash the process now and then."""

import subprocess
import sys

import pytest

#: What a worker's threads do first with a platform: load it, and read what it answered.
_FIRST_USE = """
import sys, threading
import msgspec
from sickbay.diagnostics.catalogue import load_platforms
from sickbay.diagnostics.platform import _imported
platform = load_platforms()[sys.argv[1]]
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(8)

def use():
    barrier.wait()
    _imported(platform.collector)
    try:
        msgspec.json.decode(b"{}", type=platform.snapshot)
    except msgspec.ValidationError:
        pass

threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("platform", ["docker", "swarm", "kubernetes", "ecs", "aks", "registry"])
def test_the_first_use_of_a_platform_by_several_threads_crashes_nothing(platform: str) -> None:
    """Given a new process, when eight threads load a platform and use its shapes at once, then it lives."""
    ended = subprocess.run([sys.executable, "-c", _FIRST_USE, platform], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
