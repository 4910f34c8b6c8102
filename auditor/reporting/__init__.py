"""From audit to HTML, JSON and the terminal."""
