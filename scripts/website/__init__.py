"""Building the documentation site."""
