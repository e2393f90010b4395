"""Placeholder until the pages are in."""
urlpatterns: list = []
