"""Photos, voice notes and papers: checked by content, stripped, re-encoded, kept outside the web root and served through rights.

Does not own: which item they belong to means (loops) or who may see it (the door that serves them asks loops).
"""
