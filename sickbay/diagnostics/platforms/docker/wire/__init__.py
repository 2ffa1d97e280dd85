"""The shapes of the Engine API's answers, only the fields that checks read, under the API's own names.

Docker writes `null` for what is empty; the collector drops nulls before it decodes, so a missing collection is an empty
one here. Field names follow the API reference 1.24 to 1.56; Podman leaves many of them out.
"""
