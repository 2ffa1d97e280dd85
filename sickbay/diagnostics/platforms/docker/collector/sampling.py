"""Two samples of statistics for every running container, at the cost of one shared wait.

The engine samples all containers that anyone watches about once a second, and answers each question at its next round,
whether it was asked for one sample (`one-shot`, Docker 20.10) or for two (`stream=false`). So many containers are
watched at the same time, and each watch ends with its second sample: a second or two for them all, not for each.
"""

from sickbay.diagnostics.platforms.docker.collector.connection import CallError, Connection
from sickbay.diagnostics.platforms.docker.collector.decoding import decode_lines
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.statistics import Stats

#: Containers that are sampled at most.
MOST = 300
_SAMPLES, _BYTES = 2, 256 * 1024


def read_samples(connection: Connection, container: str) -> tuple[Stats, ...]:
    """Give two samples of the container with this id, fewer when it stops meanwhile. Raises CallError, ShapeError."""
    path = f"/containers/{container}/stats"
    body, cut = connection.read(path, _BYTES, {"stream": 1}, lines=_SAMPLES)
    if cut:
        raise CallError(f"the statistics are larger than {_BYTES} bytes")
    samples = tuple(decode_lines(body, Stats))[:_SAMPLES]
    return tuple(sample for sample in samples if sample.read > NEVER)
