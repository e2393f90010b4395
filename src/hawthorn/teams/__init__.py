"""Posts in places, who holds them and stands in, the on-call roster, leave.

Everything open belongs to a post, never to a person. Does not own: people's accounts (accounts), vacancies as duties (handovers).
"""
