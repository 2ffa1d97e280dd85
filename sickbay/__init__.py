"""What the bot and the workers both need and neither owns: diagnosing, the queue's words, the local workspace."""
