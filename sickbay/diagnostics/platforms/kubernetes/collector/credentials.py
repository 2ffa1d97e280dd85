"""The address and the credentials of a cluster, from a kubeconfig or from the pod that Sickbay runs in."""

from collections.abc import Mapping
from typing import Any

import urllib3
import yaml
from kubernetes.client import Configuration
from kubernetes.config import ConfigException, load_incluster_config, load_kube_config, load_kube_config_from_dict
from kubernetes.config.kube_config import KUBE_CONFIG_DEFAULT_LOCATION, KubeConfigMerger

from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.redaction import redact


class UnreachableError(Exception):
    """Raised when the API server cannot be talked to at all; `why` is the fact for the snapshot."""

    def __init__(self, why: Unreachable) -> None:
        super().__init__(why.message)
        self.why = why


def configured(target: KubernetesTarget, document: Mapping[str, Any] | None = None) -> Configuration:
    """Give the SDK's configuration for the target. Raises UnreachableError; kubeconfig files are never written.

    `document` is a kubeconfig that is no file: one that a cloud hands out.
    """
    configuration = Configuration()
    try:
        if target.in_cluster:
            load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
        elif document is not None:
            load_kube_config_from_dict(  # type: ignore[no-untyped-call]
                dict(document), client_configuration=configuration, persist_config=False
            )
        else:
            _load_file(target, configuration)
    except (ConfigException, OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        message = " ".join(redact(str(error)).split())
        raise UnreachableError(Unreachable(obstacle=Obstacle.KUBECONFIG, message=message)) from error
    if not configuration.verify_ssl:
        # The kubeconfig says so in as many words; a line for each request would say it a hundred times more.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    configuration.retries = False
    return configuration


def _load_file(target: KubernetesTarget, configuration: Configuration) -> None:
    file = str(target.kubeconfig) if target.kubeconfig else KUBE_CONFIG_DEFAULT_LOCATION
    load_kube_config(  # type: ignore[no-untyped-call]
        config_file=file, context=target.context, client_configuration=configuration, persist_config=False
    )
    command = _plugin(file, target.context)
    # The SDK only logs that a plugin failed, and would go on without credentials.
    if command and not (configuration.api_key or configuration.cert_file):
        message = f"`{command}` gave no credentials: is it installed, and does it work on this machine?"
        raise UnreachableError(Unreachable(obstacle=Obstacle.CREDENTIALS, message=redact(message)))


def _plugin(file: str, context: str | None) -> str:
    """Give the command that brings the credentials of a context, or nothing."""
    config: Any = KubeConfigMerger(file).config.value  # type: ignore[no-untyped-call]
    chosen = _named(config.get("contexts"), context or config.get("current-context"), "context")
    user = _named(config.get("users"), chosen.get("user"), "user")
    return str((user.get("exec") or {}).get("command") or "")


def _named(entries: Any, name: Any, content: str) -> Any:
    """Give the content of the entry of that name, empty where there is none; the SDK wraps the entries it merged."""
    plain = (getattr(entry, "value", entry) for entry in entries or ())
    return next((entry.get(content) or {} for entry in plain if entry.get("name") == name), {})
