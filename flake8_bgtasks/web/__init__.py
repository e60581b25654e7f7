"""Pages for the browser: one file each, without anything from elsewhere."""
