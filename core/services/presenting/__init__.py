"""How figures are named, written and coloured: the same on every page and in reports."""
