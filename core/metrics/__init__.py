"""Figures: classification scores and saliency scores."""
