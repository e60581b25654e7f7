"""Side-by-side figures: this tool and its peers on the same trees, in turn, as whole processes."""
