"""Writes of this room that are not steps."""
