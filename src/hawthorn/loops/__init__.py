"""The spine: items, texts, links, touches, reporters and the one engine that changes them.

Every loop of every room is a table of steps registered here. Nothing else writes items, events or texts.
"""
