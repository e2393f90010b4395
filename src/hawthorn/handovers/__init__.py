"""A grid post without holder or stand-in is an open duty of the subdistrict desk; a post that changes hands is one until both sides have signed.

Does not own: posts, holdings and leave themselves (teams).
"""
