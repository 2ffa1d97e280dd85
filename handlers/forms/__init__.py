"""Modals that people fill in, one a file."""
