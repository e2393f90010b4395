"""Pure Python under everything: steps, world, clock, calendar, errors, slots, words.

Owns the shapes that rules are written in. Knows no Django, no database, no room.
"""
