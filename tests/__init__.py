"""Tests of flake8-bgtasks."""
