"""研判: what the numbers say. Owns the figures of a place and month, the months that are closed, and the morning brief.

A figure is a share of two counts, never of a person. A closed month stands as it was counted until a named correction counts it again.
Not here: the weekly meeting, and what recurs.
"""
