"""The checks of AKS clusters, one a file: pure functions of a snapshot."""
