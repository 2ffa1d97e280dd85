"""How Sickbay is set: one YAML file, and secrets from the environment or from files the environment names.

The only part of `sickbay` that reads the environment. What is wrong is refused, all of it at once, with the file, the
line, the path to the key, what was found and what is allowed; a secret's value is never printed.
"""

from sickbay.settings.loading import load_settings
from sickbay.settings.model import Settings
from sickbay.settings.problems import Problem, SettingsError
from sickbay.settings.secrets import Secrets, load_secrets

__all__ = ["Problem", "Secrets", "Settings", "SettingsError", "load_secrets", "load_settings"]
