"""The queue's words: the job, its progress and outcome, their encoding, the broker and its middlewares.

Both the bot and the workers speak them. Redis is the trust boundary between them: see queue.py for its keys.
"""
