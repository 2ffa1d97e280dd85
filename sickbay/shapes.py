"""The shapes of data, built before threads use them.

msgspec builds what it needs of a Struct when that is first used, and a second thread that uses it meanwhile crashes the
whole process (msgspec 0.22). So a process builds the shapes of its packages before its threads begin, and those of a
platform when that is loaded.
"""

import sys
from contextlib import suppress

import msgspec


def build_shapes(*packages: str) -> None:
    """Build every Struct of the modules of these packages that are loaded. Not for two threads at once."""
    loaded = [(name, module) for name, module in sys.modules.items() if name.startswith(packages)]
    for name, module in loaded:
        for value in list(vars(module).values()):
            if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == name:
                # Some are never read, such as those that hold a function.
                with suppress(TypeError, NameError):
                    msgspec.json.Decoder(value)
