"""The background tasks of a project as a picture and as a table."""
