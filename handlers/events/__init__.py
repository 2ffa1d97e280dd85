"""Events of the Events API, one a file."""
