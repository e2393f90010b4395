"""Places from county to grid, units with doors, grids with validity, locating, the schematic map.

Does not own: who serves in a place (teams). Size norms advise, never block.
"""
