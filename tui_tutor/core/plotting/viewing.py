"""The view of a plot: which part of the plane is shown first, zooming and panning."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain

from tui_tutor.core.course import VizCell
from tui_tutor.core.plotting.axis import Kind, Limits, View, fitting_limits, is_usable
from tui_tutor.core.plotting.data import Matrix, PlotData, Series

_MARGIN = 0.05


def initial_view(cell: VizCell, data: PlotData, ghost: PlotData | None = None) -> View:
    """The author's limits where they are given, else limits that hold all points, the ghost's too."""
    plots = [plot for whole in (data, ghost) if whole for plot in (whole, *whole.layers)]
    kinds = {cell.plot, *(plot.kind for plot in plots)}
    xscale: Kind = "linear" if kinds & {"bar", "hist", "heatmap"} else cell.xscale
    yscale: Kind = "linear" if "heatmap" in kinds else cell.yscale
    xlim, ylim = cell.xlim, cell.ylim
    return View(
        _usable(xlim, xscale) or _usable(_x_limits(plots, xscale), xscale) or _anything(xscale),
        _usable(ylim, yscale) or _usable(_y_limits(cell, plots, yscale), yscale) or _anything(yscale),
        xscale,
        yscale,
    )


def _usable(limits: Limits | None, kind: Kind) -> Limits | None:
    return (float(limits[0]), float(limits[1])) if limits and is_usable(limits, kind) else None


def _anything(kind: Kind) -> Limits:
    return (0.0, 1.0) if kind == "linear" else (1.0, 10.0)


def _x_limits(plots: list[PlotData], kind: Kind) -> Limits:
    edges = [edge for plot in plots if plot.matrix for edge in matrix_edges(plot.matrix)[0]]
    series = [one for plot in plots for one in plot.series]
    if any(plot.kind in ("bar", "hist") for plot in plots):
        return _slot_limits(series)
    margin = _MARGIN if _has_points(plots) and not edges else 0.0
    return fitting_limits(chain(edges, *(one.x for one in series)), kind, margin)


def _y_limits(cell: VizCell, plots: list[PlotData], kind: Kind) -> Limits:
    edges = [edge for plot in plots if plot.matrix for edge in matrix_edges(plot.matrix)[1]]
    values: Iterable[float | None] = chain(
        edges, lines_at(cell.hline), *(one.y for plot in plots for one in plot.series)
    )
    if cell.plot in ("bar", "hist") and kind == "linear":
        return _from_zero(values)
    if edges:
        return fitting_limits(values, kind)
    return fitting_limits(values, kind, _MARGIN)


def _from_zero(values: Iterable[float | None]) -> Limits:
    lo, hi = fitting_limits(chain((0.0,), values), "linear")
    return (lo, hi) if lo < 0 else (0.0, hi if hi > 0 else 1.0)


def _slot_limits(series: list[Series]) -> Limits:
    centres = [x for one in series for x in one.x if x is not None]
    if not centres:
        return (-0.5, 0.5)
    half = slot_width(series) / 2
    limits = (min(centres) - half, max(centres) + half)
    return limits if is_usable(limits, "linear") else fitting_limits(centres, "linear")


def slot_width(series: Iterable[Series]) -> float:
    """The distance between neighbouring bars in data units; 1 where there is but one."""
    for one in series:
        xs = [x for x in one.x if x is not None]
        if len(xs) > 1 and math.isfinite(xs[1] - xs[0]) and xs[1] != xs[0]:
            return abs(xs[1] - xs[0])
    return 1.0


def _has_points(plots: list[PlotData]) -> bool:
    return any(plot.kind == "scatter" for plot in plots)


def lines_at(value: float | tuple[float, ...] | None) -> tuple[float, ...]:
    """The places of `hline` or `vline`."""
    if value is None:
        return ()
    places = value if isinstance(value, tuple) else (value,)
    return tuple(place for place in places if math.isfinite(place))


def matrix_edges(matrix: Matrix) -> tuple[Limits, Limits]:
    """The outer edges of a heatmap along x and y; its ranges name the middles of first and last cells."""
    return (
        _edges(matrix.x_range, len(matrix.rows[0])),
        _edges(matrix.y_range, len(matrix.rows)),
    )


def _edges(middles: Limits | None, count: int) -> Limits:
    lo, hi = middles or (0.0, count - 1.0)
    half = (hi - lo) / (count - 1) / 2 if count > 1 else 0.5
    limits = (lo - half, hi + half)
    return limits if is_usable(limits, "linear") else (-0.5, count - 0.5)


def zoom(view: View, factor: float, centre: tuple[float, float] | None = None) -> View:
    """The view with both axes `factor` times as long (0.5 shows half), `centre` staying where it is."""
    x, y = centre or (None, None)
    return _checked(
        view,
        _stretched(view.xlim, view.xscale, factor, x),
        _stretched(view.ylim, view.yscale, factor, y),
    )


def pan(view: View, dx: float, dy: float) -> View:
    """The view moved by shares of its own size: dx = 0.25 moves a quarter to the right."""
    return _checked(view, _moved(view.xlim, view.xscale, dx), _moved(view.ylim, view.yscale, dy))


def _checked(view: View, xlim: Limits, ylim: Limits) -> View:
    return View(
        xlim if is_usable(xlim, view.xscale) else view.xlim,
        ylim if is_usable(ylim, view.yscale) else view.ylim,
        view.xscale,
        view.yscale,
    )


def _stretched(limits: Limits, kind: Kind, factor: float, centre: float | None) -> Limits:
    lo, hi = _unscaled(limits, kind)
    outside = centre is None or (kind == "log" and centre <= 0)
    middle = (lo + hi) / 2 if outside or centre is None else next(_place((centre,), kind))
    return _scaled((middle + (lo - middle) * factor, middle + (hi - middle) * factor), kind)


def _moved(limits: Limits, kind: Kind, share: float) -> Limits:
    lo, hi = _unscaled(limits, kind)
    step = (hi - lo) * share
    return _scaled((lo + step, hi + step), kind)


def _place(values: tuple[float, ...], kind: Kind) -> Iterator[float]:
    return (math.log10(value) if kind == "log" else value for value in values)


def _unscaled(limits: Limits, kind: Kind) -> Limits:
    lo, hi = _place(limits, kind)
    return (lo, hi)


def _scaled(limits: Limits, kind: Kind) -> Limits:
    if kind == "linear":
        return limits
    lo, hi = (10.0 ** max(-300.0, min(300.0, place)) for place in limits)
    return (lo, hi)
