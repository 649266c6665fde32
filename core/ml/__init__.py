"""Models, training, evaluation and saliency: the only package that imports torch."""
