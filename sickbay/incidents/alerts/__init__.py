"""Alerts of others: read in the words of each sender, stored once while they fire, made incidents by rule."""
