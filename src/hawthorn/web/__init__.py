"""Base layout, components, Today, item pages, the JSON API, search at the counter, public pages.

Does not own: any rule. A page loads what is visible, calls one action or query, and renders.
"""
