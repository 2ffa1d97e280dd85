"""Shapes of Azure Resource Manager's answers, under its own camelCase names.

Fields that nobody judges are left out, and so dropped while decoding.
"""
