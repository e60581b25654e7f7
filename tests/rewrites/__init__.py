"""Rewrites of a project that change how it is written, not what it does."""
