"""Finds the FastAPI background tasks that never run, across a whole codebase."""

__version__ = "0.1.0"
