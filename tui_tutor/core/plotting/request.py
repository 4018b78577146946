"""What the kernel is asked to evaluate for a viz cell, as JSON."""

from __future__ import annotations

from typing import Any, Final

from tui_tutor.core.course import Layer, VizCell

MOST_POINTS: Final = 20_000  # of all series of one plot; more are thinned in the kernel
_SETTINGS: Final = ("project", "xscale", "yscale", "bins", "columns", "vmin", "vmax")


def plot_request(cell: VizCell) -> dict[str, Any]:
    """The request of `kernels.inside_plots.evaluate`: expressions as text, settings as values."""
    request: dict[str, Any] = {
        "kind": cell.plot,
        "viz": cell.id,
        **_expressions(cell),
        "names": list(cell.names),
        "layers": [_layer_request(layer) for layer in cell.layer],
        "limit": MOST_POINTS,
    }
    request.update({name: getattr(cell, name) for name in _SETTINGS})
    request["xlim"] = list(cell.xlim) if cell.xlim else None
    return request


def pick_request(cell: VizCell, x: float, y: float) -> dict[str, Any]:
    """The request for the image under a point: `pick` is evaluated with the names x and y bound to it."""
    return {"kind": "image", "data": cell.pick, "bind": {"x": x, "y": y}, "limit": MOST_POINTS}


def _layer_request(layer: Layer) -> dict[str, Any]:
    names = [layer.name] if layer.name else []
    return {"kind": layer.plot, **_expressions(layer), "names": names}


def _expressions(source: VizCell | Layer) -> dict[str, Any]:
    ys = [source.y] if isinstance(source.y, str) else list(source.y)
    return {
        "data": source.data,
        "x": source.x,
        "y": [y for y in ys if y],
        "color": source.color,
        "label": source.label,
    }
