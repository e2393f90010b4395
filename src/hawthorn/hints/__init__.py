"""Hints (提示): which category a message probably is, and which matters near it say the same.

Does not own: categories, matters, nor any decision; a person chooses, and what was hinted and chosen is kept.
"""
