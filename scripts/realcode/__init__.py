"""Running the tool over pinned releases of real projects."""
