"""The machine's side: read a target, judge what was read, rank what is wrong.

A collector reads a Target into a frozen Snapshot; checks, pure functions, turn the Snapshot into Findings; the engine
ranks them, folds symptoms under their causes and returns a Report. Nothing here knows Slack or Redis.
"""
