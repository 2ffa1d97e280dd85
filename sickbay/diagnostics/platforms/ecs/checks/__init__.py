"""Checks of ECS clusters, one symptom a file: pure functions of the snapshot, found by the catalogue."""
