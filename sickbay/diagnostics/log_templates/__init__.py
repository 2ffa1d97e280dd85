"""Many logs told in a few lines: what the unwell say that they did not say before, or that the healthy do not say.

Lines are masked first, a whole log at once (`masking`), those that belong together become one entry (`entries`), the
distinct ones are merged into templates (`mining`), and the templates compared (`comparing`). `bench/logs.py` measures
it.
"""

from sickbay.diagnostics.log_templates.comparing import MOST, templates

__all__ = ["MOST", "templates"]
