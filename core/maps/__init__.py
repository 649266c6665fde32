"""The canonical face and human emotion-activation maps on it."""
