"""Doors to other systems: today the hotline-type message sheet.

Does not own: what becomes of a message (matters).
"""
