"""小水滴: what somebody noticed or wants, from the moment it is captured until it is passed on to exactly one of the outcomes, and answered.

Has: the loop of drops, the table of outcomes, where the drops of a grid went. Has not: what becomes of them in the rooms below.
"""
