"""The county that hosts and the subdistricts that are its tenants: names, brand words, settings, revision.

Does not own: who signs in (accounts), the places (territory), the limits (categories).
"""
