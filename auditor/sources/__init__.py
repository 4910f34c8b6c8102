"""Where pages come from: each module returns a `Page`."""
