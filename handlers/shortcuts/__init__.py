"""Shortcuts, one a file."""
