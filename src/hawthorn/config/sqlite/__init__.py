"""Django's SQLite backend with a fair write gate around the outermost write transaction."""
