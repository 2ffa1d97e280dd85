"""The logs that a person asked for: the Kubernetes part has them, and its platform reads them."""

from collections.abc import Mapping
from typing import Any

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.errors import PermanentError
from sickbay.diagnostics.model import Log
from sickbay.diagnostics.platforms.aks.collector.behind import NoKubeconfigError, handed_out, reached
from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.obstacles import CallError, UnreachableError, reason
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.rights import USER_CREDENTIALS
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.kubernetes.collector import asked_logs as kubernetes
from sickbay.diagnostics.targets import Request


def read_logs(target: AksTarget, request: Request, budget: Budget) -> tuple[Log, ...]:
    """Read the logs of what the scope names. Raises as the Kubernetes platform, and PermanentError without a way in."""
    if target.kubeconfig or target.context:
        return kubernetes.read_logs(reached(target), request, budget)
    if not target.user_credentials:
        raise PermanentError(
            f"{target.name} names neither kubeconfig nor user_credentials, and Azure has no logs of pods."
        )
    return kubernetes.read_logs(reached(target), request, budget, _document(target, budget))


def _document(target: AksTarget, budget: Budget) -> Mapping[str, Any]:
    reading = Reading(Connection(target, budget), budget)
    try:
        return reading.wait(reading.start(lambda: handed_out(reading.connection, target)))
    except CallError as error:
        raise PermanentError(f"{target.name} cannot be reached: {reason(error, USER_CREDENTIALS)}") from error
    except UnreachableError as error:
        raise PermanentError(f"{target.name} cannot be reached: {error.why.text}") from error
    except OutOfTimeError as error:
        raise PermanentError(f"{target.name} did not answer in time.") from error
    except NoKubeconfigError as error:
        raise PermanentError(f"{target.name} cannot be reached: {error}.") from error
    finally:
        reading.close()
