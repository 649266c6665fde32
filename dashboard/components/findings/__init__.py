"""The parts of the Results page, each one question about runs."""
