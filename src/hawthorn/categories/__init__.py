"""Catalogues of matters, the limits per tier and stage, and the grid × category table of who leads what.

Does not own: the calendar's arithmetic (kernel.calendar) or what a step does with a limit (matters).
"""
