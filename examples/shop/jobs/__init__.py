"""What runs outside of the web server."""
