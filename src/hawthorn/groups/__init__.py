"""党小组任务: what is asked of a grid's Party group, who of them takes it, and that it was done.

Does not own: the group, its head and who claimed to belong to it (teams). No rolls, dues, meetings or votes of the Party.
"""
