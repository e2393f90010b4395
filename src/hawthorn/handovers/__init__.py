"""A grid post without holder or stand-in is an open duty of the subdistrict desk.

Does not own: posts and holdings themselves (teams).
"""
