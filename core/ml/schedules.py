"""What changes while a run goes on, as pure functions of how far it is."""

from core.configs import Schedule, TrainConfig

WARM_UP_SHARE = 0.15
FIRST_RATE_SHARE = 0.05
MIDDLE_SIZE_AFTER = 0.5
FULL_SIZE_AFTER = 0.8


def rate_share(config: TrainConfig, progress: float) -> float:
    """Return the share of the peak learning rate at `progress` (0 first, below 1 last) of a run.

    One cycle climbs linearly to the peak and falls linearly to 0 (Smith and Topin 2017).
    """
    if config.schedule is Schedule.CONSTANT:
        return 1.0
    if progress < WARM_UP_SHARE:
        climbed = progress / WARM_UP_SHARE
        return FIRST_RATE_SHARE + (1 - FIRST_RATE_SHARE) * climbed
    return (1 - progress) / (1 - WARM_UP_SHARE)


def face_size(config: TrainConfig, epoch: int) -> int:
    """Return the side in pixels of training faces in an epoch, counted from 0.

    The first half of a run sees `start_size`, the next 3 tenths the middle between it and
    `image_size`, the rest `image_size`. Sides are rounded down to a multiple of 8.
    """
    progress = (epoch + 1) / config.epochs
    if config.start_size == config.image_size or progress > FULL_SIZE_AFTER:
        return config.image_size
    if progress <= MIDDLE_SIZE_AFTER:
        return config.start_size
    return (config.start_size + config.image_size) // 16 * 8
