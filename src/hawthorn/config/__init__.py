"""Settings from the environment, URLs, WSGI, the command line."""
