"""Runs inside the kernel: what expressions give -> plot data as JSON (see `core.plotting.data`).

Standard library only, any Python from 3.9 on, imports nothing of ours: it is handed over as text. Arrays,
tensors, frames and pictures are known by what they can do, so none of their packages is imported.
"""

from __future__ import annotations

import builtins
import math
import re
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

LIMIT = 20_000  # points of one plot
MOST_BARS = 500
MOST_PCA = 2_000_000  # numbers
MOST_CLASSES = 36
MOST_IMAGES = 256
MOST_PIXELS = 200_000
MOST_SIDE = 128
MOST_HEAT = 200  # rows and columns of a heatmap

Json = Dict[str, Any]
Numbers = List[Optional[float]]


class Unfit(Exception):
    """A value that cannot be drawn; the message is one sentence for the learner."""


# --- entry points -----------------------------------------------------------------------------------


def evaluate(request: Json, namespace: Json) -> Json:
    """Evaluate the expressions of `core.plotting.request.plot_request`; plot data, or {"missing": [names]}.

    A value that cannot be drawn and an expression that raises give {"kind", "error": one line}.
    """
    kind = str(request.get("kind", "scatter"))
    _remember(request)
    try:
        scope = dict(namespace)  # a copy: an assignment expression must not reach the learner's names
        scope.update(request.get("bind") or {})
        missing: list[str] = []
        values = _evaluated(request, scope, missing)
        layers = [_evaluated(layer, scope, missing) for layer in request.get("layers") or []]
        if missing:
            return {"missing": sorted(set(missing))}
        return _with_layers(values, layers)
    except Exception as error:
        return {"kind": kind, "error": _one_line(error)}


def live(values: Json, viz: str = "") -> Json:
    """Plot data of `tutor.plot("id", x=..., y=..., data=..., color=..., label=..., names=...)`.

    Kind and settings are those of the viz cell of this id, if it has been evaluated before; else a line, or
    a scatter for `data`.
    """
    settings = dict(_SETTINGS_OF.get(viz) or {})
    settings.setdefault("kind", "scatter" if values.get("data") is not None else "line")
    y = values.get("y")
    several = isinstance(y, (list, tuple)) and bool(y) and all(_is_sequence(item) for item in y)
    settings.update({name: value for name, value in values.items() if value is not None})
    settings["y"] = list(y or []) if several else [] if y is None else [y]
    try:
        return _plot(settings)
    except Exception as error:
        return {"kind": str(settings["kind"]), "error": _one_line(error)}


_SETTINGS_OF: Dict[str, Json] = {}  # viz cell -> its request without expressions
_EXPRESSIONS = ("data", "x", "y", "color", "label", "layers", "bind", "viz")


def _remember(request: Json) -> None:
    if request.get("viz"):
        settings = {name: value for name, value in request.items() if name not in _EXPRESSIONS}
        _SETTINGS_OF[str(request["viz"])] = settings


def _evaluated(request: Json, scope: Json, missing: list[str]) -> Json:
    """The request with values in place of expressions; names that do not exist are put into `missing`."""
    found = dict(request)
    for name in ("data", "x", "color", "label"):
        found[name] = _value(request.get(name), scope, missing)
    found["y"] = [_value(text, scope, missing) for text in request.get("y") or []]
    return found


def _value(text: Any, scope: Json, missing: list[str]) -> Any:
    if not text:
        return None
    try:
        code = builtins.compile("(\n" + str(text) + "\n)", "<viz>", "eval")
        return builtins.eval(code, scope)
    except UnboundLocalError:
        raise
    except NameError as error:
        missing.append(_missing_name(error))
        return None


def _missing_name(error: NameError) -> str:
    found = re.search(r"'([^']+)'", str(error))
    return getattr(error, "name", None) or (found.group(1) if found else str(error))


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, Unfit):
        return text
    return (type(error).__name__ + (": " + text if text else ""))[:300]


def _with_layers(values: Json, layers: list[Json]) -> Json:
    plot = _plot(values)
    if layers:
        plot["layers"] = [_plot(layer) for layer in layers]
    return plot


def _plot(request: Json) -> Json:
    kind = request["kind"]
    makers: dict[str, Callable[[Json], Json]] = {
        "scatter": _points,
        "line": _points,
        "bar": _bars,
        "hist": _histogram,
        "heatmap": _heatmap,
        "image": _image_plot,
        "image-grid": _image_plot,
    }
    if kind not in makers:
        raise Unfit("There is no plot of the kind " + repr(kind) + ".")
    plot = makers[kind](request)
    plot["kind"] = kind
    return plot


# --- values -----------------------------------------------------------------------------------------


def _is_sequence(value: Any) -> bool:
    return not isinstance(value, (str, bytes, dict)) and (
        len(shape_of(value)) > 0 if hasattr(value, "shape") else hasattr(value, "__len__")
    )


def array_of(value: Any, what: str) -> Any:
    """The value as something that can be measured, sliced and made a list: a tensor leaves its graph."""
    if hasattr(value, "detach"):
        value = value.detach()
        if getattr(value, "is_sparse", False):
            value = value.to_dense()
        value = value.cpu()
        if str(value.dtype) in ("torch.bfloat16", "torch.float16"):
            value = value.float()
        return value
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return [value.item()]
    if hasattr(value, "select_dtypes"):
        value = value.select_dtypes("number")
    if hasattr(value, "to_numpy"):
        return value.to_numpy()
    if hasattr(value, "__next__"):
        raise Unfit(what + " is an iterator: make it a list first, list(...).")
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, (str, bytes)) or not (hasattr(value, "__iter__") or hasattr(value, "shape")):
        return [value] if not hasattr(value, "__iter__") else _refuse_text(value, what)
    return value if hasattr(value, "__getitem__") and hasattr(value, "__len__") else list(value)


def _refuse_text(value: Any, what: str) -> Any:
    raise Unfit(what + " is text, not numbers: " + repr(value)[:40] + ".")


def shape_of(value: Any) -> tuple[int, ...]:
    """The lengths along each dimension; of nested lists as far as their first elements tell."""
    shape = getattr(value, "shape", None)
    if shape is not None and not callable(shape):
        return tuple(int(length) for length in shape)
    lengths: list[int] = []
    while hasattr(value, "__len__") and not isinstance(value, (str, bytes, dict)):
        lengths.append(len(value))
        if not len(value) or len(lengths) > 8:
            break
        value = value[0] if hasattr(value, "__getitem__") else next(iter(value))
        inner = getattr(value, "shape", None)
        if inner is not None and not callable(inner):
            return (*lengths, *(int(length) for length in inner))
    return tuple(lengths)


def plain(value: Any, depth: int = 0) -> Any:
    """Nested lists of whatever stands inside."""
    if depth > 8:
        raise Unfit("The data is nested too deeply.")
    if hasattr(value, "detach") or (hasattr(value, "tolist") and hasattr(value, "__len__")):
        return array_of(value, "The data").tolist()
    if isinstance(value, (list, tuple, range)) or (
        hasattr(value, "__iter__") and not isinstance(value, (str, bytes, dict))
    ):
        if hasattr(value, "shape") and not shape_of(value):
            return value
        return [plain(item, depth + 1) for item in value]
    return value


def number(value: Any, what: str) -> float | None:
    """A finite float, or None for NaN, infinities and missing values."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "item") and hasattr(value, "dtype"):
        value = value.item()
    if isinstance(value, complex):
        raise Unfit(what + " is complex: draw its real part, its size or its angle.")
    if isinstance(value, (str, bytes)):
        raise Unfit(what + " holds text, not numbers: " + repr(value)[:40] + ".")
    try:
        found = float(value)
    except OverflowError:
        return None
    except (TypeError, ValueError):
        raise Unfit(what + " holds a " + type(value).__name__ + ", not numbers.") from None
    return found if math.isfinite(found) else None


def numbers(value: Any, what: str) -> Numbers:
    """A flat list of numbers; dimensions of length 1 are dropped."""
    rows = plain(value)
    while isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], list):
        rows = rows[0]
    if not isinstance(rows, list):
        rows = [rows]
    if rows and all(isinstance(row, list) and len(row) == 1 for row in rows):
        rows = [row[0] for row in rows]
    if any(isinstance(row, list) for row in rows):
        raise Unfit(what + " has several dimensions where one row of numbers is needed.")
    return [number(item, what) for item in rows]


def flat(value: Any) -> list[Any]:
    """All scalars of nested lists, in order."""
    if not isinstance(value, list):
        return [value]
    found: list[Any] = []
    for item in value:
        found.extend(flat(item)) if isinstance(item, list) else found.append(item)
    return found


def stride_for(count: int, most: int) -> int:
    """The step that leaves at most `most` of `count` items."""
    return max(1, -(-count // most))


def counted(count: int, one: str, many: str) -> str:
    """ "1 point", "20,000 points"."""
    return f"{count:,} {one if count == 1 else many}"


# --- scatter and line -------------------------------------------------------------------------------


def _points(request: Json) -> Json:
    if request.get("data") is not None:
        return _projected_points(request)
    columns = _y_columns(request)
    if not columns:
        raise Unfit("There is nothing to draw: y is None.")
    names = list(request.get("names") or [])
    total = sum(count for _, count, _ in columns)
    stride = stride_for(total, int(request.get("limit") or LIMIT))
    x = request.get("x")
    xs = None if x is None else array_of(x, "x")
    series = []
    for position, (name, count, take) in enumerate(columns):
        one: Json = {"x": _along(xs, count, stride), "y": take(stride)}
        one["name"] = str(names[position] if position < len(names) else name)
        one.update(_texts(request, count, stride))
        series.append(one)
    return {"series": series, "total": total, "facts": _point_facts(total, stride, "")}


Column = Tuple[str, int, Callable[[int], Numbers]]  # name, length, stride -> thinned values


def _y_columns(request: Json) -> list[Column]:
    """Every series: an N x K value gives K of them, a dict of sequences one per key."""
    columns: list[Column] = []
    for value in request.get("y") or []:
        if isinstance(value, dict) and value and all(_is_sequence(item) for item in value.values()):
            columns += [_column(str(key), array_of(item, str(key))) for key, item in value.items()]
        elif value is not None:
            columns += _columns_of(array_of(value, "y"))
    if len(columns) > 32:
        raise Unfit(f"{len(columns)} series are too many to tell apart; 32 can be drawn.")
    return columns


def _columns_of(array: Any) -> list[Column]:
    shape = shape_of(array)
    if len(shape) != 2 or not 1 < shape[1] <= 16 or shape[0] < 2:
        return [_column("", array)]
    rows = plain(array)
    width = _same_length(rows, "y")
    return [_column("", [row[k] for row in rows]) for k in range(width)]


def _column(name: str, array: Any) -> Column:
    shape = shape_of(array)
    while len(shape) > 1 and shape[0] == 1:
        array, shape = array[0], shape[1:]
    return name, shape[0] if shape else 1, lambda stride: numbers(array[::stride] if shape else array, "y")


def _along(xs: Any, count: int, stride: int) -> Numbers:
    if xs is None:
        return [float(n) for n in range(0, count, stride)]
    _, length, take = _column("", xs)
    if length != count:
        raise Unfit(f"x has {counted(length, 'value', 'values')}, y has {count:,}.")
    return take(stride)


def _same_length(rows: Any, what: str) -> int:
    lengths = {len(row) if isinstance(row, list) else -1 for row in rows}
    if len(lengths) != 1 or -1 in lengths:
        raise Unfit(what + " has rows of different lengths.")
    return int(lengths.pop())


def _texts(request: Json, count: int, stride: int) -> Json:
    found: Json = {}
    if request.get("color") is not None:
        found["classes"] = classes_of(_matching(request["color"], count, "color"))[::stride]
    if request.get("label") is not None:
        found["labels"] = [_word(item) for item in _matching(request["label"], count, "label")[::stride]]
    return found


def _matching(value: Any, count: int, what: str) -> list[Any]:
    if isinstance(value, str):
        return [value] * count
    rows = plain(array_of(value, what) if not hasattr(value, "select_dtypes") else value)
    items = flat(rows)
    if len(items) == 1:
        items = items * count
    if len(items) != count:
        raise Unfit(f"{what} has {counted(len(items), 'value', 'values')}, the plot {count:,} points.")
    return items


def _word(item: Any) -> str:
    if hasattr(item, "item") and hasattr(item, "dtype"):
        item = item.item()
    if isinstance(item, float):
        return f"{item:.4g}"
    return " ".join(str(item).split())[:80]


def classes_of(items: list[Any]) -> list[str]:
    """The class of each point as text; many different numbers become five intervals, rare words "other"."""
    kinds = {item for item in items if item is not None}
    if all(isinstance(item, (int, float)) for item in kinds):
        whole = all(float(item).is_integer() for item in kinds if math.isfinite(item))
        if len(kinds) > (MOST_CLASSES if whole else 12):
            return _intervals(items)
    words = [_word(item) for item in items]
    if len(set(words)) <= MOST_CLASSES:
        return words
    count: dict[str, int] = {}
    for word in words:
        count[word] = count.get(word, 0) + 1
    kept = set(sorted(count, key=lambda word: (-count[word], word))[: MOST_CLASSES - 1])
    return [word if word in kept else "other" for word in words]


def _intervals(items: list[Any], parts: int = 5) -> list[str]:
    values = [number(item, "color") for item in items]
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    step = (high - low) / parts
    names = [f"{low + n * step:.3g} to {low + (n + 1) * step:.3g}" for n in range(parts)]
    return [
        "none" if value is None else names[min(int((value - low) / step), parts - 1) if step > 0 else 0]
        for value in values
    ]


def _projected_points(request: Json) -> Json:
    array = array_of(request["data"], "data")
    shape = shape_of(array)
    if len(shape) < 2 or shape[1:] == (1,):
        inner = dict(request)
        inner.update({"data": None, "y": [request["data"]]})
        return _points(inner)
    total, dimensions = shape[0], math.prod(shape[1:])
    if dimensions < 2:
        raise Unfit("data has no values.")
    is_pca = request.get("project") == "pca"
    stride = stride_for(total, int(request.get("limit") or LIMIT))
    if is_pca:
        stride = max(stride, stride_for(total * dimensions, MOST_PCA))
        pairs, share = principal_axes(_flat_rows(array[::stride]))
        facts = f"{share:.0%} of variance".replace("%", " %")
    else:
        pairs = [(row[0], row[1]) for row in _first_columns(array[::stride], len(shape))]
        facts = "2-d projection" if dimensions > 2 else ""
    series: Json = {"x": [pair[0] for pair in pairs], "y": [pair[1] for pair in pairs]}
    series.update(_texts(request, total, stride))
    names = list(request.get("names") or [])
    series["name"] = str(names[0]) if names else ""
    return {"series": [series], "total": total, "facts": _point_facts(total, stride, facts)}


def _flat_rows(array: Any) -> list[Numbers]:
    rows = [[number(item, "data") for item in flat(row)] for row in plain(array)]
    _same_length(rows, "data")
    return rows


def _first_columns(array: Any, dimensions: int) -> list[Numbers]:
    """The first two values of every row; of an array no more than these are turned into numbers."""
    if hasattr(array, "reshape") and dimensions > 1:
        return _flat_rows(array.reshape(len(array), -1)[:, :2])
    return [row[:2] for row in _flat_rows(array)]


def _point_facts(total: int, stride: int, projection: str) -> str:
    one, many = ("sample", "samples") if projection else ("point", "points")
    count = counted(total, one, many)
    if stride > 1:
        count = f"{-(-total // stride):,} of {count}"
    return projection + " · " + count if projection else count


def principal_axes(rows: list[Numbers]) -> tuple[list[tuple[float | None, float | None]], float]:
    """Each row on the first two principal axes, and the share of the variance they hold.

    The largest entry of each axis is positive, so that the picture does not flip between runs.
    """
    known = [[float(item) for item in row if item is not None] for row in rows if None not in row]
    if not known:
        raise Unfit("data has no complete row of finite numbers.")
    width = len(known[0])
    middle = [math.fsum(row[k] for row in known) / len(known) for k in range(width)]
    centred = [[value - mean for value, mean in zip(row, middle)] for row in known]
    axes, share = _axes_by_numpy(centred) if "numpy" in sys.modules else _axes_by_power(centred)
    pairs: list[tuple[float | None, float | None]] = []
    for row in rows:
        if None in row:
            pairs.append((None, None))
            continue
        shifted = [float(value or 0.0) - mean for value, mean in zip(row, middle)]
        pairs.append((_dot(axes[0], shifted), _dot(axes[1], shifted)))
    return pairs, share


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return float(sum(map(float.__mul__, a, b)))


def _axes_by_numpy(centred: list[list[float]]) -> tuple[list[list[float]], float]:
    numpy = sys.modules["numpy"]
    table = numpy.asarray(centred, dtype=float)
    table = table[:: stride_for(len(table), 2_000)]
    if table.shape[1] <= 1024:
        sizes, vectors = numpy.linalg.eigh(table.T @ table)
        axes = [vectors[:, -1].tolist(), vectors[:, -2].tolist()]
        spread = float(sizes.sum())
        held = float(sizes[-1] + sizes[-2])
    else:
        _, singular, directions = numpy.linalg.svd(table[:500], full_matrices=False)
        axes = [row.tolist() for row in directions[:2]]
        axes += [[0.0] * table.shape[1]] * (2 - len(axes))
        spread, held = float((singular**2).sum()), float((singular[:2] ** 2).sum())
    return [_upright(axis) for axis in axes], held / spread if spread > 0 else 1.0


def _axes_by_power(centred: list[list[float]]) -> tuple[list[list[float]], float]:
    """Power iteration with deflation, on as many rows as a second allows."""
    width = len(centred[0])
    rows = centred[:: stride_for(len(centred), max(20, 40_000 // width))]
    spread = sum(_dot(row, row) for row in rows)
    axes: list[list[float]] = []
    held = 0.0
    for position in range(2):
        axis = [1.0 if k % (position + 2) == 0 else 0.5 / (k + 1) for k in range(width)]
        size = 0.0
        for _ in range(60):
            weights = [_dot(row, axis) for row in rows]
            nxt = [0.0] * width
            for weight, row in zip(weights, rows):
                nxt = [a + weight * b for a, b in zip(nxt, row)]
            for other in axes:
                part = _dot(nxt, other)
                nxt = [a - part * b for a, b in zip(nxt, other)]
            size = math.sqrt(_dot(nxt, nxt))
            if size <= 1e-12 * max(spread, 1e-300):
                size, axis = 0.0, [0.0] * width
                break
            axis = [value / size for value in nxt]
        axes.append(_upright(axis))
        held += size
    return axes, min(held / spread, 1.0) if spread > 0 else 1.0


def _upright(axis: list[float]) -> list[float]:
    largest = max(axis, key=abs)
    return [-value for value in axis] if largest < 0 else axis


# --- bar and hist -----------------------------------------------------------------------------------


def _bars(request: Json) -> Json:
    given = [request["data"]] if request.get("data") is not None else request.get("y") or []
    if not given:
        raise Unfit("There is nothing to draw: the data is None.")
    categories = None if request.get("x") is None else _category_words(request["x"])
    names = list(request.get("names") or [])
    series, total = [], 0
    for position, value in enumerate(given):
        own = _own_categories(value)
        heights = numbers(array_of(value, "y"), "y")
        words = categories if categories is not None else own
        if words is not None and len(words) != len(heights):
            raise Unfit(f"x has {counted(len(words), 'value', 'values')}, y has {len(heights):,}.")
        total = max(total, len(heights))
        words = words or [str(n) for n in range(len(heights))]
        kept = heights[:MOST_BARS]
        name = str(names[position]) if position < len(names) else ""
        places = [float(n) for n in range(len(kept))]
        series.append({"x": places, "y": kept, "name": name, "categories": words[: len(kept)]})
    facts = counted(total, "bar", "bars")
    facts = f"first {MOST_BARS} of {facts}" if total > MOST_BARS else facts
    return {"series": series, "total": total, "facts": facts}


def _category_words(value: Any) -> list[str]:
    if isinstance(value, (str, bytes)):
        raise Unfit("x is one text; bars need one for each of them.")
    return [
        _word(item) for item in flat(plain(value if not hasattr(value, "detach") else array_of(value, "x")))
    ]


def _own_categories(value: Any) -> list[str] | None:
    """The keys of a dict, or the index of a pandas series."""
    if isinstance(value, dict):
        return [_word(key) for key in value]
    index = getattr(value, "index", None)
    if hasattr(value, "to_numpy") and hasattr(index, "tolist"):
        return [_word(key) for key in index.tolist()]  # type: ignore[union-attr]
    return None


def _histogram(request: Json) -> Json:
    given = [request["data"]] if request.get("data") is not None else request.get("y") or []
    names = list(request.get("names") or [])
    columns = [_finite_values(array_of(value, "data")) for value in given]
    if not any(map(len, columns)):
        raise Unfit("There is nothing to draw: no value is a finite number.")
    total = sum(map(len, columns))
    low, high = _histogram_range(request, columns)
    bins = int(request.get("bins") or min(50, max(5, math.ceil(math.sqrt(max(map(len, columns)))))))
    step = (high - low) / bins
    centres = [low + (n + 0.5) * step for n in range(bins)]
    series = []
    for position, column in enumerate(columns):
        name = str(names[position]) if position < len(names) else ""
        series.append({"x": centres, "y": _bin_counts(column, low, high, bins), "name": name})
    facts = counted(total, "value", "values") + " · " + counted(bins, "bin", "bins")
    return {"series": series, "total": total, "facts": facts}


def _finite_values(array: Any) -> Any:
    """The finite numbers as a list, or as a NumPy array where there are very many."""
    if "numpy" in sys.modules and hasattr(array, "dtype") and math.prod(shape_of(array)) > 100_000:
        numpy = sys.modules["numpy"]
        table = numpy.asarray(array).ravel()
        if table.dtype.kind in "biuf":
            return table[numpy.isfinite(table)].astype(float)
    found = [number(item, "data") for item in flat(plain(array))]
    return [value for value in found if value is not None]


def _histogram_range(request: Json, columns: list[Any]) -> tuple[float, float]:
    limits = request.get("xlim")
    if limits and all(math.isfinite(end) for end in limits) and limits[0] < limits[1]:
        return float(limits[0]), float(limits[1])
    full = [column for column in columns if len(column)]
    low = min(float(column.min()) if hasattr(column, "min") else min(column) for column in full)
    high = max(float(column.max()) if hasattr(column, "max") else max(column) for column in full)
    if high - low <= abs(high) * 1e-12 or not math.isfinite(high - low):
        half = abs(low) * 0.5 or 0.5
        return (low - half, high + half) if math.isfinite(high - low) else (-1e300, 1e300)
    return low, high


def _bin_counts(column: Any, low: float, high: float, bins: int) -> list[float]:
    if hasattr(column, "dtype"):
        counted_bins, _ = sys.modules["numpy"].histogram(column, bins=bins, range=(low, high))
        return [float(count) for count in counted_bins]
    counts = [0.0] * bins
    factor = bins / (high - low)
    for value in column:
        if low <= value <= high:
            counts[min(int((value - low) * factor), bins - 1)] += 1
    return counts


# --- heatmap and images -----------------------------------------------------------------------------


def _single_value(request: Json) -> Any:
    value = request.get("data")
    given = request.get("y") or []
    if value is None and given:
        value = given[0]
    if value is None:
        raise Unfit("There is nothing to draw: the data is None.")
    return value


def _heatmap(request: Json) -> Json:
    array = array_of(_single_value(request), "data")
    shape = shape_of(array)
    while len(shape) > 2 and shape[0] == 1:
        array, shape = array[0], shape[1:]
    if len(shape) != 2 or 0 in shape:
        raise Unfit(f"A heatmap needs rows and columns; this has the shape {_shape_text(shape)}.")
    steps = stride_for(shape[0], MOST_HEAT), stride_for(shape[1], MOST_HEAT)
    rows = [row[:: steps[1]] if isinstance(row, list) else [row] for row in plain(array[:: steps[0]])]
    _same_length(rows, "data")
    matrix: Json = {"rows": [[number(item, "data") for item in row] for row in rows]}
    y = request.get("y") or []
    if request.get("x") is not None:
        matrix["x_range"] = _ends(request["x"], "x")
    if request.get("data") is not None and y:
        matrix["y_range"] = _ends(y[0], "y")
    facts = f"{shape[0]:,} × {shape[1]:,}"
    return {"matrix": matrix, "total": shape[0] * shape[1], "facts": facts}


def _ends(value: Any, what: str) -> list[float]:
    known = [
        item for item in (number(v, what) for v in flat(plain(array_of(value, what)))) if item is not None
    ]
    if not known:
        raise Unfit(what + " has no finite number.")
    return [min(known), max(known)]


def _shape_text(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if shape else "of one number"


def _image_plot(request: Json) -> Json:
    items = _image_items(_single_value(request), is_grid=request["kind"] == "image-grid")
    total = len(items)
    kept = [items[n] for n in range(min(total, MOST_IMAGES))]
    if not kept:
        raise Unfit("There is nothing to draw: there are no images.")
    side = min(MOST_SIDE, int(math.sqrt(MOST_PIXELS / len(kept))))
    pictures = [_picture(item, side) for item in kept]
    scale = _grey_scale(pictures, request.get("vmin"), request.get("vmax"))
    images = [_image_json(picture, scale) for picture in pictures]
    labels = request.get("label") if request.get("label") is not None else request.get("color")
    if labels is not None:
        for image, label in zip(images, _matching(labels, total, "label")):
            image["label"] = _word(label)
    size = _size_text(kept[0])
    facts = size if request["kind"] == "image" else counted(total, "image", "images") + " · " + size
    return {"images": images, "total": total, "facts": facts}


def _image_items(value: Any, *, is_grid: bool) -> Any:
    """Something to index that gives one image after the other."""
    if _is_pil(value):
        return [value]
    if isinstance(value, (list, tuple)) and value and all(map(_is_pil, value)):
        return value
    array = array_of(value, "data")
    shape = shape_of(array)
    if 0 in shape or not shape:
        text = _shape_text(shape)
        raise Unfit("An image needs rows and columns of numbers; this has the shape " + text + ".")
    if is_grid:
        is_one = len(shape) == 1 or (len(shape) == 2 and math.isqrt(shape[1]) ** 2 != shape[1])
        return [array] if is_one else array
    while len(shape) > 2 and shape[0] == 1 and (len(shape) > 3 or shape[2] not in (3, 4)):
        array, shape = array[0], shape[1:]
    is_flat = len(shape) == 2 and shape[0] == 1 and math.isqrt(shape[1]) ** 2 == shape[1]
    return [array[0] if is_flat else array]


def _is_pil(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("mode", "size", "convert", "tobytes", "resize"))


def _size_text(item: Any) -> str:
    if _is_pil(item):
        return f"{item.size[0]:,} × {item.size[1]:,}"
    height, width = _height_and_width(shape_of(item))
    return f"{width:,} × {height:,}"


def _height_and_width(shape: tuple[int, ...]) -> tuple[int, int]:
    """Of H x W, H x W x C, C x H x W or a flat square."""
    if len(shape) == 1:
        side = math.isqrt(shape[0])
        if side * side == shape[0]:
            return side, side
        text = f"{shape[0]} pixels in one row are no square image"
        raise Unfit(text + ": give it a shape of rows and columns.")
    if len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3, 4)):
        return shape[0], shape[1]
    if len(shape) == 3 and shape[0] in (1, 3, 4):
        return shape[1], shape[2]
    text = _shape_text(shape)
    raise Unfit("An image has rows, columns and perhaps 3 colours; this has the shape " + text + ".")


Level = Optional[float]
Picture = List[List[Any]]  # rows of levels, or of [red, green, blue] levels


def _picture(item: Any, side: int) -> Picture:
    """Rows of an image no longer than `side` either way: every n-th of its pixels."""
    if _is_pil(item):
        return _pil_rows(item, side)
    shape = shape_of(item)
    height, width = _height_and_width(shape)
    step = stride_for(max(height, width), side)
    if len(shape) == 1:
        pixels = plain(item)
        item, shape = [pixels[y * width : (y + 1) * width] for y in range(height)], (height, width)
    if len(shape) == 2 or shape[2] in (1, 3, 4):
        rows = [plain(row[::step]) for row in item[::step]]
    else:
        planes = [
            [plain(row[::step]) for row in plane[::step]] for plane in (item[:3] if shape[0] > 1 else item)
        ]
        rows = [[list(pixel) for pixel in zip(*lines)] for lines in zip(*planes)]
    _same_length(rows, "An image")
    return [[_levels(pixel) for pixel in row] for row in rows]


def _levels(pixel: Any) -> Any:
    """A number or None; of a pixel with several channels a list of three."""
    if not isinstance(pixel, list):
        return number(pixel, "An image")
    if len(pixel) == 1:
        return number(pixel[0], "An image")
    if len(pixel) < 3:
        raise Unfit(f"An image has 1, 3 or 4 channels; this has {len(pixel)}.")
    return [number(part, "An image") for part in pixel[:3]]


def _pil_rows(image: Any, side: int) -> Picture:
    width, height = image.size
    if max(width, height) > side:
        scale = side / max(width, height)
        width, height = max(1, int(width * scale)), max(1, int(height * scale))
        image = image.resize((width, height))
    is_grey = image.mode in ("1", "L", "I", "F", "I;16", "LA")
    data = [float(byte) for byte in image.convert("L" if is_grey else "RGB").tobytes()]
    pixels: list[Any] = data if is_grey else [data[n : n + 3] for n in range(0, len(data), 3)]
    return [pixels[y * width : (y + 1) * width] for y in range(height)]


def _grey_scale(pictures: list[Picture], vmin: Any, vmax: Any) -> tuple[float, float]:
    """What black and white stand for: the author's values, else the usual ones, else the range."""
    known = [level for picture in pictures for level in flat(picture) if level is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if low >= 0:
        found = (0.0, 1.0) if high <= 1 else (0.0, 255.0) if high <= 255 else (low, high)
    else:
        found = (-1.0, 1.0) if low >= -1 and high <= 1 else (low, high)
    return (found[0] if vmin is None else float(vmin), found[1] if vmax is None else float(vmax))


def _image_json(picture: Picture, scale: tuple[float, float]) -> Json:
    is_color = bool(picture[0]) and isinstance(picture[0][0], list)
    pixels = [_packed(pixel, scale) if is_color else _grey(pixel, scale) for row in picture for pixel in row]
    return {"width": len(picture[0]), "height": len(picture), "pixels": pixels, "is_color": is_color}


def _packed(levels: Any, scale: tuple[float, float]) -> int:
    if not isinstance(levels, list):
        raise Unfit("An image has pixels of different kinds.")
    red, green, blue = (_grey(level, scale) for level in levels)
    return red << 16 | green << 8 | blue


def _grey(level: Any, scale: tuple[float, float]) -> int:
    if level is None:
        return 0
    if isinstance(level, list):
        raise Unfit("An image has pixels of different kinds.")
    span = scale[1] / 2 - scale[0] / 2
    share = (level / 2 - scale[0] / 2) / span if span > 0 else 0.0
    return int(round(min(max(share, 0.0), 1.0) * 255))
