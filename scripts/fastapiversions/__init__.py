"""What the fixtures do under several FastAPI releases."""
