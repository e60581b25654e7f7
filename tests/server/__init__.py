"""The language server, spoken to by a real client."""
