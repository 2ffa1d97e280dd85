"""Find the clusters that this person's kubectl knows: each context of KUBECONFIG is a target under its own name.

Only reads the files; whether a cluster answers is for the diagnosis to tell.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import RESERVED_NAMES


def find_contexts(environ: Mapping[str, str]) -> dict[str, KubernetesTarget]:
    """Give a target for each context, by name; the first file that names a context wins, as with kubectl."""
    found: dict[str, KubernetesTarget] = {}
    for file in kubeconfig_files(environ):
        for name in _contexts(file):
            if name not in found and name.lower() not in RESERVED_NAMES:
                try:
                    found[name] = KubernetesTarget(name=name, kubeconfig=file, context=name)
                except ValidationError:
                    continue  # its name cannot be typed as a target's: the configuration can name it otherwise
    return found


def current_context(environ: Mapping[str, str]) -> str:
    """Give the name of the context that kubectl uses; empty where none is chosen."""
    chosen = (_content(file).get("current-context") for file in kubeconfig_files(environ))
    return next((name for name in chosen if name and isinstance(name, str)), "")


def kubeconfig_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Give the files that kubectl would read, those that exist."""
    named = [part for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    files = [Path(part) for part in named] or [Path(environ.get("HOME", "/")) / ".kube" / "config"]
    return tuple(file for file in files if file.is_file())


def _contexts(file: Path) -> Iterator[str]:
    contexts = _content(file).get("contexts")
    for context in contexts if isinstance(contexts, list) else ():
        if isinstance(context, dict) and isinstance(context.get("name"), str):
            yield context["name"]


def _content(file: Path) -> Mapping[str, Any]:
    """Give what a kubeconfig says, nothing where it cannot be read."""
    try:
        content: Any = yaml.safe_load(file.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}
