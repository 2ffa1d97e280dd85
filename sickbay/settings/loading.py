"""Find the configuration, read it, and refuse all that is wrong with it at once.

The file is `--config`, else SICKBAY_CONFIG, else ./sickbay.yaml where there is one, else none: then the defaults hold.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from sickbay.diagnostics.targets import Target
from sickbay.settings import targets as reading
from sickbay.settings.alerts import alert_problems
from sickbay.settings.document import Document, read_document
from sickbay.settings.model import FileSettings, Settings, zones_of
from sickbay.settings.policy import rule_problems
from sickbay.settings.problems import KeyPath, Problem, SettingsError
from sickbay.settings.validation import hidden_secrets, told

CONFIG_VARIABLE = "SICKBAY_CONFIG"
DEFAULT_FILE = Path("sickbay.yaml")
#: Where problems of the built-in defaults would stand.
_NO_FILE = Path("built-in defaults")


def load_settings(config: Path | None = None) -> Settings:
    """Give the settings. Raises SettingsError with every problem of the file."""
    file = find_file(config)
    document = read_document(file) if file else Document({}, {})
    return settings_of(document, file)


def find_file(config: Path | None) -> Path | None:
    """Give the file to read: the named one, whether it exists or not, else the default one where it exists."""
    if config is not None:
        return config
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def settings_of(document: Document, file: Path | None) -> Settings:
    """Check the document and complete it with defaults. Raises SettingsError."""
    problems = [(path, message) for path, message in hidden_secrets(document.values)]
    try:
        written = FileSettings.model_validate(document.values)
    except ValidationError as error:
        problems += told(error, FileSettings, document.values)
        written = FileSettings()
    raw = document.values.get("targets")
    if isinstance(raw, dict):
        targets, wrong = reading.read_targets(raw, directory=(file or _NO_FILE).parent)
        problems += wrong
    else:
        targets = reading.discovered(os.environ) if written.targets is None else {}
    if not problems:
        problems += _zones_without_targets(written, targets)
        named = None if written.targets is None else targets
        problems += rule_problems(written.policy, named)
        problems += alert_problems(written.alerts, named)
    if problems:
        raise SettingsError(_placed(problems, document, file or _NO_FILE))
    return Settings(
        file=file,
        targets=targets,
        recorded=reading.recorded(targets, os.environ) if written.targets is None else targets,
        served_zones=written.zones or zones_of(targets),
        diagnosis=written.diagnosis,
        worker=written.worker,
        memory=written.memory,
        http=written.http,
        policy=written.policy,
        incidents=written.incidents,
        alerts=written.alerts,
        data_directory=_data_directory(written, file),
    )


def _zones_without_targets(written: FileSettings, targets: Mapping[str, Target]) -> list[tuple[KeyPath, str]]:
    """Give the zones that no target is in: a worker takes all jobs of its zones, so for each it must know a target."""
    known = zones_of(targets)
    return [
        (("zones", index), f"no target of this file is in the zone {zone!r}; its targets are in: {', '.join(known)}")
        for index, zone in enumerate(written.zones or ())
        if zone not in known
    ]


def _placed(problems: list[tuple[KeyPath, str]], document: Document, file: Path) -> list[Problem]:
    """Give each problem once, in the order of the file; of several with one key, the first says most."""
    first: dict[KeyPath, str] = {}
    for path, message in problems:
        first.setdefault(path, message)
    placed = [
        Problem(place=str(file), path=path, line=document.line_of(path), message=message)
        for path, message in first.items()
    ]
    return sorted(placed, key=lambda problem: problem.line or 0)


def _data_directory(written: FileSettings, file: Path | None) -> Path:
    if written.data_directory is not None:
        return (file or _NO_FILE).parent.absolute() / written.data_directory.expanduser()
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "sickbay"
