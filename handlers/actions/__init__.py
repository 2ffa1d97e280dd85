"""Buttons, one a file."""
