"""The guides, and what writes those of them that follow from the code: `python -m docs.generate`."""
