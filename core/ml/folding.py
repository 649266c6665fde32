"""Batch norm folded into convolutions, for a network that is only looked into."""

from copy import deepcopy
from itertools import pairwise

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def folded(model: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode that answers the same with a quarter less work.

    Each batch norm that directly follows a convolution among a module's parts is multiplied into
    it; all networks here apply the two in that order. Linear layers, most of VGG-16's weights, are
    shared with the model, not copied.
    """
    shared = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    kept = {id(weights): weights for layer in shared for weights in layer.parameters()}
    copy = deepcopy(model, dict(kept)).eval()
    for module in list(copy.modules()):
        for (name, layer), (next_name, norm) in pairwise(module.named_children()):
            if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, name, fuse_conv_bn_eval(layer, norm))
                setattr(module, next_name, nn.Identity())
    return copy
