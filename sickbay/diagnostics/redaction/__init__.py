"""Take secrets out of text before it is stored, queued or sent. Everything that comes from a target passes here.

Errs on the side of hiding. What is hidden is replaced by `[redacted]`, or `[redacted KIND]` where the kind is known
(checks rely on that to say which kind of secret lies where it should not). tests/fixtures/redaction says how well it
does, `bench/redaction.py` how fast.
"""

from sickbay.diagnostics.redaction.report import redact_event, redact_report, redact_template
from sickbay.diagnostics.redaction.text import redact, redact_named, redact_values, redact_variable, secret_values

__all__ = [
    "redact",
    "redact_event",
    "redact_named",
    "redact_report",
    "redact_template",
    "redact_values",
    "redact_variable",
    "secret_values",
]
