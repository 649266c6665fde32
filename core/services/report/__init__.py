"""A report: data, cleaning, figures and provenance of runs as one HTML file that needs no network.

What it says comes from the services that the pages ask; `contents` gathers it, `charts` places
lines and bars, and the template, which escapes every text, writes it down.
"""
