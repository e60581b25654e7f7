"""Inputs that a fuzzer makes up, led by what they reach in the code."""
