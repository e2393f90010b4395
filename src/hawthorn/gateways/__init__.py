"""Doors to other systems: sheets of messages in, their results out, mail; what is remembered of sources, imports and exports.

Does not own: what becomes of a message (matters).
"""
