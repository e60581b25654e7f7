"""How the tool bears hostile and enormous input."""
