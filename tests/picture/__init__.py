"""What the picture and the table of tasks show."""
