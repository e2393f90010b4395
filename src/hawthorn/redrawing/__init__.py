"""Redrawing the grids of a community: better balance, few households moved, cheap borders.

Does not own: the grids in force (territory), whose duties move with them (loops), who serves them (teams).
"""
