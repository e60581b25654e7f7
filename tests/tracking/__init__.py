"""Tests of the tracker and of the linked program."""
