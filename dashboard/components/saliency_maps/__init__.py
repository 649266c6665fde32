"""The parts of the Saliency page, each one question about where networks and people look."""
