"""The parts of the Engine API's Swarm answers that checks need, under the API's own names.

Join tokens, unlock keys and the payloads of secrets and configs are in none of these shapes, and `/swarm`, which hands
out the tokens, is not asked: `/info` of a manager tells the rest of it.
"""
