"""What is asked of the whole: one text, one variable, the values that an environment hides."""

from collections.abc import Iterable
from re import compile as pattern_of

from sickbay.diagnostics.redaction import addresses, commands
from sickbay.diagnostics.redaction.forms import without_forms
from sickbay.diagnostics.redaction.hiding import MARK
from sickbay.diagnostics.redaction.named import without_named
from sickbay.diagnostics.redaction.names import names_secret, names_secret_variable
from sickbay.diagnostics.redaction.values import harmless

#: What is shorter may stand anywhere by chance; a few small letters are a word, and hiding it would spoil the text.
_SHORTEST_VALUE = 6
_WORD = pattern_of(r"[a-z]{1,11}")


def redact(text: str) -> str:
    """Give `text` without the secrets in it; what is redacted already stays as it is."""
    text = addresses.without_passwords(without_forms(text))
    return without_named(commands.without_passwords(text))


def redact_variable(variable: str) -> str:
    """Give one `NAME=value` of an environment, its value hidden where the name or the form says that it is a secret."""
    name, separator, value = variable.partition("=")
    if separator and names_secret_variable(name) and not harmless(name, value):
        return f"{name}={MARK}"
    return redact(variable)


def redact_named(name: str, value: str) -> str:
    """Give a value that stands under a name, such as a label's: hidden whole where the name is that of a secret."""
    return MARK if names_secret(name) and not harmless(name, value) else redact(value)


def secret_values(variables: Iterable[str]) -> tuple[str, ...]:
    """Give the secrets that an environment's `NAME=value` hold, longest first: programs also write them to their logs.

    A value that is short, or a word, is left out.
    """
    values = set[str]()
    for variable in variables:
        name, _, value = variable.partition("=")
        if names_secret_variable(name) and not harmless(name, value):
            values.add(value)
        values.update(addresses.passwords_of(value))
    kept = (value for value in values if len(value) >= _SHORTEST_VALUE and not _WORD.fullmatch(value))
    return tuple(sorted(kept, key=lambda value: (-len(value), value)))


def redact_values(text: str, values: Iterable[str]) -> str:
    """Give the text without the values, as `secret_values` gives them, wherever they stand."""
    for value in values:
        text = text.replace(value, MARK)
    return text
