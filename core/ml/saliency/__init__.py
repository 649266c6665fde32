"""What a network looks at: saliency maps of single faces, by several methods.

| method | what a map says |
|---|---|
| `grad_cam` | cells of a late layer whose activation speaks for the emotion |
| `gradient` | how much the emotion's logit changes with each pixel |
| `smooth_grad` | the same, averaged over faces with noise |
| `integrated_gradients` | what each pixel adds to the logit on the way from a grey picture |
| `guided_grad_cam` | Grad-CAM's cells in the detail of guided backpropagation |
| `occlusion` | how much the logit falls when a window over the pixel is grey |
| `tiles` | which tiles had to be open until the network was right and sure (`core.ml.tiles`) |
"""

from core.ml.saliency.attribution import Attribute
from core.ml.saliency.mapping import Explain, Labels, attribution, explainer, map_cells, maps

__all__ = ["Attribute", "Explain", "Labels", "attribution", "explainer", "map_cells", "maps"]
