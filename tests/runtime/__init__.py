"""The fixtures, run under real FastAPI."""
