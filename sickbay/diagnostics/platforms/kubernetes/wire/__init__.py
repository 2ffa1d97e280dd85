"""The shapes of the API server's answers, only the fields that checks read, under the API's own names.

Names and meanings follow the API reference from 1.20 to today. What an older or newer server leaves out has a default.
"""
