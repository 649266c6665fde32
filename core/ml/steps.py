"""One step of training: views of a batch, the loss, the gradient, the move."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TrainConfig
from core.ml.augmentation import Strength, erased, random_views
from core.ml.averaging import AveragedWeights
from core.ml.batches import Faces, network_input
from core.ml.devices import precision
from core.ml.distillation import Teacher, distance
from core.ml.mixing import Mixture, random_mixture
from core.ml.optimizers import optimizer_for
from db.enums import EMOTIONS


@dataclass(frozen=True)
class Pace:
    """What a step depends on besides its batch.

    Attributes:
        size: Side of the views in pixels.
        rate_share: Share of the peak learning rate.
        is_mixed: Whether faces may be mixed and erased.
    """

    size: int
    rate_share: float
    is_mixed: bool


class Learner:
    """A network with what changes it: its optimizer, its running average and its teacher."""

    def __init__(
        self, model: nn.Module, config: TrainConfig, device: torch.device, teacher: Teacher | None
    ) -> None:
        self.model = model
        self.optimizer = optimizer_for(model, config, device)
        self.averaged = AveragedWeights(model, config.ema_decay) if config.ema_decay else None
        self._config = config
        self._device = device
        self._teacher = teacher

    @property
    def tested(self) -> nn.Module:
        """The network that is tested: the averaged one where there is one."""
        return self.averaged.model if self.averaged else self.model

    def step(self, covered: Faces, whole: torch.Tensor | None, pace: Pace) -> torch.Tensor:
        """Move the weights once.

        Args:
            covered: The batch, masked, on the device.
            whole: The same faces uncovered, uint8; None without a teacher.
            pace: How.

        Returns:
            The batch's summed loss and number of hits, float64, shape (2,), on the device.
        """
        mixture = self._mixture(len(covered), pace)
        inputs, taught = self._views(covered.pixels, whole, pace, mixture)
        with precision(self._device, mixed=self._config.mixed_precision):
            logits = self.model(inputs)
            wanted = self._teacher.logits(taught) if self._teacher and taught is not None else None
        loss = self._loss(logits.float(), covered.labels, wanted, mixture)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * pace.rate_share
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        if self.averaged:
            self.averaged.update()
        hits = (logits.argmax(dim=1) == covered.labels).sum()
        return torch.stack([loss.detach() * len(covered), hits]).double()

    def _mixture(self, n: int, pace: Pace) -> Mixture | None:
        if not self._config.mixup or not pace.is_mixed:
            return None
        return random_mixture(n, self._config.mixup)

    def _views(
        self,
        pixels: torch.Tensor,
        whole: torch.Tensor | None,
        pace: Pace,
        mixture: Mixture | None,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the student's views and, in the teacher's size, the same of whole faces."""
        drawn = torch.get_rng_state()
        student = self._view(pixels, pace.size, pace, mixture)
        if whole is None or self._teacher is None:
            return student, None
        after = torch.get_rng_state()
        torch.set_rng_state(drawn)
        taught = self._view(whole, self._teacher.config.image_size, pace, mixture)
        torch.set_rng_state(after)
        return student, taught

    def _view(
        self, pixels: torch.Tensor, size: int, pace: Pace, mixture: Mixture | None
    ) -> torch.Tensor:
        """Return what a network is shown of uint8 faces, float32, shape (n, 1, rows, size)."""
        config = self._config
        if config.augment:
            strength = Strength().times(config.augment_strength)
            faces = random_views(pixels.unsqueeze(1).float() / 255, size, strength)
        else:
            faces = network_input(pixels, size)
        if config.erasing and pace.is_mixed:
            faces = erased(faces, config.erasing)
        if mixture:
            faces = mixture.of(faces)
        return faces.contiguous(memory_format=torch.channels_last)

    def _loss(
        self,
        logits: torch.Tensor,
        labels: torch.Tensor,
        wanted: torch.Tensor | None,
        mixture: Mixture | None,
    ) -> torch.Tensor:
        """Return the mean loss in nats: on the labels, and the distance to the teacher."""
        config = self._config
        targets = labels
        if mixture:
            targets = mixture.of(F.one_hot(labels, len(EMOTIONS)).float())
        loss = F.cross_entropy(logits, targets, label_smoothing=config.label_smoothing)
        if wanted is None:
            return loss
        apart = distance(logits, wanted, config.temperature)
        return (1 - config.distill_weight) * loss + config.distill_weight * apart
