"""Read the targets of a configuration: each is checked by its platform's own model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.platforms.docker.discovery import find_local
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.platforms.kubernetes.discovery import current_context, find_contexts
from sickbay.diagnostics.targets import RESERVED_NAMES, Target, TargetName
from sickbay.settings.problems import KeyPath, Problem, SettingsError, nearest
from sickbay.settings.validation import shown, told

Model = TypeVar("Model", bound=BaseModel)
Wrong = list[tuple[KeyPath, str]]
_NAME: TypeAdapter[str] = TypeAdapter(TargetName)


def read_targets(raw: Mapping[str, Any], *, directory: Path) -> tuple[dict[str, Target], Wrong]:
    """Give the targets by name, and what is wrong with the others. Relative paths start at `directory`, the file's."""
    targets: dict[str, Target] = {}
    wrong: Wrong = []
    for name, fields in raw.items():
        target, problems = _read_target(name, fields, directory)
        wrong += [(("targets", name, *path), message) for path, message in problems]
        if target and not problems:
            targets[name] = target
    return targets, wrong


def discovered(environ: Mapping[str, str]) -> dict[str, Target]:
    """Give the Docker engine of this machine as the target `local`, and each context of its kubeconfig by its own name.

    Raises SettingsError when what the environment names is no engine's address.
    """
    try:
        found = find_local(environ)
    except ValidationError as error:
        place = "DOCKER_HOST" if environ.get("DOCKER_HOST") else "docker context"
        told_problems = told(error, DockerTarget, {"host": environ.get("DOCKER_HOST")})
        raise SettingsError([Problem(place=place, message=message) for _, message in told_problems]) from error
    return {**find_contexts(environ), **({found.name: found} if found else {})}


def recorded(found: Mapping[str, Target], environ: Mapping[str, str]) -> dict[str, Target]:
    """Give those of the discovered targets that a recorder watches: of the contexts, the one that kubectl uses.

    A watch never ends, and a log-in to a cluster that nobody works with is not to be asked for, again and again.
    """
    current = current_context(environ)
    return {name: target for name, target in found.items() if target.platform != "kubernetes" or name == current}


def _read_target(name: str, fields: object, directory: Path) -> tuple[Target | None, Wrong]:
    problems = _name_problems(name)
    platforms = {name: found for name, found in catalogue.load_platforms().items() if found.configurable}
    if not isinstance(fields, dict):
        return None, [*problems, ((), f"found {shown(fields)}; allowed are keys and values, first of them `platform`")]
    if "platform" not in fields:
        return None, [*problems, (("platform",), f"is required and missing; allowed: {', '.join(platforms)}")]
    platform = platforms.get(fields["platform"]) if isinstance(fields["platform"], str) else None
    if platform is None:
        found = fields["platform"]
        hint = nearest(found, platforms) if isinstance(found, str) else ""
        return None, [*problems, (("platform",), f"found {shown(found)}{hint}; allowed: {', '.join(platforms)}")]
    if "name" in fields:
        return None, [*problems, (("name",), "unknown key; the name is the key above it")]
    try:
        # A name that is wrong is told once, above: what else is wrong does not depend on it.
        target = platform.target.model_validate({**fields, "name": "name" if problems else name})
    except ValidationError as error:
        return None, problems + told(error, platform.target, fields)
    located, missing = _located(target, directory)
    return located, problems + missing


def _name_problems(name: str) -> Wrong:
    if name.lower() in RESERVED_NAMES:
        reserved = ", ".join(sorted(RESERVED_NAMES))
        return [((), f"{name!r} is a word of the command and cannot name a target; reserved: {reserved}")]
    try:
        _NAME.validate_python(name)
    except ValidationError:
        return [((), "a target's name is 1 to 253 letters, digits and . _ @ : / -, a letter or digit first")]
    return []


def _located(model: Model, directory: Path, path: KeyPath = ()) -> tuple[Model, Wrong]:
    """Give the model with its paths made absolute, and the paths that lead to no readable file."""
    changed: dict[str, object] = {}
    missing: Wrong = []
    for field in type(model).model_fields:
        value = getattr(model, field)
        if isinstance(value, BaseModel):
            changed[field], inner = _located(value, directory, (*path, field))
            missing += inner
        elif isinstance(value, Path):
            changed[field] = located = directory.absolute() / value.expanduser()
            if problem := _unreadable(located):
                missing.append(((*path, field), f"found {shown(str(value))}; {problem}"))
    return model.model_copy(update=changed), missing


def _unreadable(file: Path) -> str:
    try:
        with file.open("rb"):
            return ""
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
