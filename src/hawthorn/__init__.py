"""Hawthorn: the closed loop of a community's matters, as a web service a county hosts for its subdistricts."""

__version__ = "0.1.0"
