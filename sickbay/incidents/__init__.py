"""The team's side: what it may do, what it did, and what it was told; kept in a database that only the bot reads."""
