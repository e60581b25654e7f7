"""Tests of the project index: which files there are, and what their names mean."""
