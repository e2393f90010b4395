"""Writes of this room by noun: joins, proposals, plans."""
