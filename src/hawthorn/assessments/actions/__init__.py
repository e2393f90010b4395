"""Every writer of this room: closed months; meetings with their points and minutes."""
