"""People who sign in, their tokens, and contacts of residents: encrypted, with purpose and expiry, erased on time.

Does not own: what a person may do (teams gives posts, rules decide).
"""
