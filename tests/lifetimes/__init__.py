"""Tests of what tasks get that has a lifetime."""
