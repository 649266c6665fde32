"""Learning curves: loss and accuracy per epoch, training beside validation."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.services.terms import EpochRow
from dashboard.components.figures import dress, palette

_TICK_EACH = 12  # up to so many epochs each one has its tick


def loss_curves(epochs: Sequence[EpochRow], *, n_epochs: int) -> go.Figure:
    """Return training and validation loss (mean cross-entropy, nats) over the epochs so far."""
    return _curves(
        epochs,
        [e.train_loss for e in epochs],
        [e.validation_loss for e in epochs],
        n_epochs=n_epochs,
        form=".3f",
    )


def accuracy_curves(epochs: Sequence[EpochRow], *, n_epochs: int) -> go.Figure:
    """Return training and validation accuracy (share right) over the epochs so far."""
    figure = _curves(
        epochs,
        [e.train_accuracy for e in epochs],
        [e.validation_accuracy for e in epochs],
        n_epochs=n_epochs,
        form=".1%",
    )
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    return figure


def _curves(
    epochs: Sequence[EpochRow],
    train: list[float | None],
    validation: list[float | None],
    *,
    n_epochs: int,
    form: str,
) -> go.Figure:
    colours = palette()
    numbers = [epoch.number for epoch in epochs]
    figure = go.Figure(
        [
            _line("Training", numbers, train, colours.second, form),
            _line("Validation", numbers, validation, colours.accent, form),
        ]
    )
    figure.update_layout(
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": None},
    )
    figure.update_xaxes(
        range=[0.5, max(n_epochs, len(numbers)) + 0.5],
        showgrid=False,
        title="Epoch",
        tickformat="d",
        dtick=1 if n_epochs <= _TICK_EACH else None,
        nticks=_TICK_EACH,
    )
    return dress(figure, height=240, margin=(48, 8, 32, 40))


def _line(name: str, x: list[int], y: list[float | None], colour: str, form: str) -> go.Scatter:
    return go.Scatter(
        x=x,
        y=y,
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": 5},
        hovertemplate=f"%{{y:{form}}}",
    )
