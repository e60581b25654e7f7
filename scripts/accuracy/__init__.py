"""How much is found and repaired of mistakes that are known."""
