"""From page to document: what a visitor reads, and where it stands."""
