"""Complaints and suggestions from every screen, held one level above whom they concern.

Does not own: matters; a complaint never becomes one behind the asker's back.
"""
