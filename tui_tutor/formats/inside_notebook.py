"""Put at the top of a notebook that we write: draws its plots, and stands in for what only the tutor has.

It runs wherever the notebook is opened, so it uses nothing but the standard library, and matplotlib and NumPy
where they are there.
"""

import importlib
import random
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any


def tutor_plot(kind: str, caption: str = "", **given: Any) -> None:
    """Draw the plot of a viz cell; expressions come as functions, for the names in them may not be there yet.

    As in the tutor, random numbers go on afterwards as if nothing had been drawn, and a plot that cannot be
    made is one line.
    """
    states = _random_states()
    try:
        values = {name: _evaluated(value) for name, value in given.items()}
        _draw(kind, caption, values)
    except NameError as error:
        print(f"Not drawn yet: {error}.")  # noqa: T201 - a notebook is told so
    except Exception as error:  # noqa: BLE001 - whatever a program does, the notebook goes on
        print(f"Not drawn: {type(error).__name__}: {error}")  # noqa: T201 - likewise
    finally:
        for give_back in states:
            give_back()


def _evaluated(value: Any) -> Any:
    if callable(value):
        return value()
    if isinstance(value, list) and any(callable(one) for one in value):
        return tuple(_evaluated(one) for one in value)  # several series, each with its own expression
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return [{name: _evaluated(inner) for name, inner in one.items()} for one in value]
    return value


def _random_states() -> list[Callable[[], object]]:
    state = random.getstate()
    states: list[Callable[[], object]] = [lambda: random.setstate(state)]
    if numpy := sys.modules.get("numpy"):
        numpys = numpy.random.get_state()
        states.append(lambda: numpy.random.set_state(numpys))
    if torch := sys.modules.get("torch"):
        torchs = torch.get_rng_state()
        states.append(lambda: torch.set_rng_state(torchs))
    return states


def _draw(kind: str, caption: str, values: dict[str, Any]) -> None:
    try:
        plt: Any = importlib.import_module("matplotlib.pyplot")
        numpy: Any = importlib.import_module("numpy")
    except ImportError:
        shown = {name: value for name, value in values.items() if name in ("data", "x", "y")}
        facts = ", ".join(f"{name} {_shape(value)}" for name, value in shown.items())
        print(f"{kind} of {facts}: install matplotlib to see it. {caption}".rstrip())  # noqa: T201 - likewise
        return
    if kind in ("image", "image-grid"):
        _draw_images(plt, numpy, values)
    else:
        axes = plt.figure().add_subplot()
        for layer in [{"plot": kind, **values}, *values.get("layer", ())]:
            _draw_layer(axes, numpy, layer)
        _set_axes(axes, values)
    if caption:
        plt.gcf().text(0.5, 0.01, caption, ha="center", va="top", wrap=True)
    plt.show()


def _shape(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if shape is not None:
        return " by ".join(str(size) for size in shape) or "one value"
    return f"{len(value)} values" if hasattr(value, "__len__") else "values"


def _array(numpy: Any, value: Any) -> Any:
    value = value.detach() if hasattr(value, "detach") else value
    return numpy.asarray(value)


def _draw_layer(axes: Any, numpy: Any, layer: dict[str, Any]) -> None:
    kind = layer["plot"]
    if kind == "heatmap":
        picture = _array(numpy, layer.get("data", layer.get("y")))
        axes.imshow(picture, aspect="auto", origin="lower", vmin=layer.get("vmin"), vmax=layer.get("vmax"))
        return
    for name, xs, ys in _series(numpy, layer):
        if kind == "line":
            axes.plot(xs, ys, label=name)
        elif kind == "bar":
            axes.bar([str(x) for x in xs], ys, label=name)
        elif kind == "hist":
            axes.hist(ys, bins=layer.get("bins") or 10, label=name, alpha=0.7)
        else:
            axes.scatter(xs, ys, label=name, s=12, c=_colours(numpy, layer.get("color"), len(ys)))


def _colours(numpy: Any, color: Any, count: int) -> Any:
    if color is None:
        return None
    values = _array(numpy, color).ravel()
    if len(values) != count:
        return None
    return values if values.dtype.kind in "fiu" else numpy.unique(values, return_inverse=True)[1]


def _series(numpy: Any, layer: dict[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    """(name, x, y) of each series; `data` of several columns is projected to its first two."""
    names = list(layer.get("names") or [layer.get("name", "")])
    if "data" in layer:
        array = _array(numpy, layer["data"])
        array = array.reshape(len(array), -1)
        if layer["plot"] in ("scatter", "line") and array.shape[1] > 1:
            if layer.get("project") == "pca":
                array = _principal(numpy, array)
            yield names[0], array[:, 0], array[:, 1]
            return
        columns = [array[:, at] for at in range(array.shape[1])]
    else:
        columns = _columns(numpy, layer["y"])
    for at, column in enumerate(columns):
        xs = _array(numpy, layer["x"]) if layer.get("x") is not None else numpy.arange(column.size)
        yield (names[at] if at < len(names) else ""), xs.ravel(), column.ravel()


def _columns(numpy: Any, ys: Any) -> list[Any]:
    if isinstance(ys, tuple):
        return [_array(numpy, one) for one in ys]
    array = _array(numpy, ys)
    return list(array.T) if array.ndim == 2 else [array]


def _principal(numpy: Any, array: Any) -> Any:
    centred = array - array.mean(axis=0)
    return centred @ numpy.linalg.svd(centred, full_matrices=False)[2][:2].T


def _draw_images(plt: Any, numpy: Any, values: dict[str, Any]) -> None:
    array = _array(numpy, values["data"])
    pictures = [array] if array.ndim == 2 else list(array[:100])
    columns = min(values.get("columns") or 8, len(pictures)) or 1
    rows = -(-len(pictures) // columns)
    figure = plt.figure(figsize=(columns * 1.2, rows * 1.2))
    labels: Sequence[Any] = () if values.get("label") is None else values["label"]
    for at, picture in enumerate(pictures):
        axes = figure.add_subplot(rows, columns, at + 1)
        axes.imshow(numpy.squeeze(picture), cmap="gray", vmin=values.get("vmin"), vmax=values.get("vmax"))
        axes.set_axis_off()
        if at < len(labels):
            axes.set_title(str(labels[at]), fontsize=8)


def _set_axes(axes: Any, values: dict[str, Any]) -> None:
    for name in ("xlim", "ylim", "xscale", "yscale", "xlabel", "ylabel"):
        if values.get(name):
            getattr(axes, f"set_{name}")(values[name])
    for name, draw in (("hline", axes.axhline), ("vline", axes.axvline)):
        lines = values.get(name)
        for at in lines if isinstance(lines, list) else [] if lines is None else [lines]:
            draw(at, linewidth=0.8, linestyle="--")
    if any(axes.get_legend_handles_labels()[1]):
        axes.legend()


def _stand_in() -> types.ModuleType:
    """`tutor.plot` draws live while a cell runs; elsewhere it does nothing."""
    module = types.ModuleType("tutor")
    module.plot = lambda *_, **__: None  # type: ignore[attr-defined]
    return module


sys.modules.setdefault("tutor", _stand_in())
