"""Block Kit, as plain dicts: these modules render, and only render."""
