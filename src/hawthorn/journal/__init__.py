"""Append-only events with their chain of digests, the daily seal, and the outbox.

Users, posts, streams are opaque numbers here. Does not own: items (loops), words of people (loops.Text), addresses (accounts).
"""
