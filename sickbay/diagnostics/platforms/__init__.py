"""One folder a platform: its manifest, its snapshot, its collector and its checks. Platforms do not know each other."""
