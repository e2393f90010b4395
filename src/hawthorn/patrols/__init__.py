"""Walking the grids: checkpoints and what is due at them, looks, campaigns, errands, door visits, walks.

Owns when a point is due and what was found there. Does not own what becomes of a finding: that is a matter.
"""
