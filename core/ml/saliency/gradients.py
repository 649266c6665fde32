"""Methods that read the derivative of a logit by the pixels."""

import numpy as np
import torch
from torch import nn

from core.configs import TrainConfig
from core.images.masks import MID_GREY
from core.ml.saliency.attribution import Attribute, gradients

N_SAMPLES = 16  # faces with noise for one map
NOISE_SHARE = 0.15  # of each face's range: the authors' 10 to 20 %
N_STEPS = 20  # points between the grey picture and the face
BASELINE = MID_GREY / 255  # a picture without a face: what masks are filled with


def gradient(model: nn.Module, _config: TrainConfig) -> Attribute:
    """Return the derivative by each pixel (Simonyan, Vedaldi & Zisserman 2013, arXiv 1312.6034)."""

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return gradients(model, faces, targets)[:, 0]

    return attribute


def smooth_grad(model: nn.Module, _config: TrainConfig) -> Attribute:
    """Return the mean derivative over noisy faces (Smilkov et al. 2017, arXiv 1706.03825).

    Every face gets the same 16 pictures of Gaussian noise, scaled to its own range, so that a map
    does not depend on the faces beside it and comes out the same again.
    """

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        spread = NOISE_SHARE * (faces.amax(dim=(1, 2, 3)) - faces.amin(dim=(1, 2, 3)))
        noise = noises(faces.shape[2], faces.shape[3]).to(faces.device)
        noisy = faces + spread[:, None, None, None] * noise[:, None]
        found = gradients(model, noisy.flatten(0, 1), targets.repeat(N_SAMPLES))
        return found.view_as(noisy).mean(dim=0)[:, 0]

    return attribute


def noises(rows: int, side: int) -> torch.Tensor:
    """Return the draws of SmoothGrad: float32, shape (16, 1, rows, side), always the same.

    Eight and their negatives: of `fast` on real faces, maps from them resemble those from 640 draws
    as much as maps from 18 draws without pairs do.
    """
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(N_SAMPLES // 2, 1, rows, side, generator=generator)
    return torch.cat([drawn, -drawn])


def integrated_gradients(model: nn.Module, _config: TrainConfig) -> Attribute:
    """Return what each pixel adds on the way from mid grey (Sundararajan et al. 2017, 1703.01365).

    The integral of the derivative along the straight line from the grey picture to the face, by
    Gauss and Legendre's rule as captum's. Up to its error a map sums to the logit of the face
    minus that of the grey picture.
    """
    nodes, weights = np.polynomial.legendre.leggauss(N_STEPS)
    shares = torch.tensor((1 + nodes) / 2, dtype=torch.float32)
    steps = torch.tensor(weights / 2, dtype=torch.float32)

    def attribute(faces: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        way = faces - BASELINE
        between = BASELINE + shares.to(faces.device)[:, None, None, None, None] * way
        found = gradients(model, between.flatten(0, 1), targets.repeat(N_STEPS))
        weighted = steps.to(faces.device)[:, None, None, None, None] * found.view_as(between)
        return (way * weighted.sum(dim=0))[:, 0]

    return attribute
