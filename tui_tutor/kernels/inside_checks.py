"""What asks about an answer inside the kernel, in a copy of its names; it reports, others judge.

Handed over as text and loaded before learner code: standard library only, Python 3.9 or newer, nothing of
ours. Whatever a learner may replace later (builtins, methods of their own classes, trace functions) is
captured here or not used. Values are reported in a canonical form, read through the types' own methods:

{"k": "none"} · {"k": "bool" "int" "float" "complex" "str" "bytes", "t", "v"}
{"k": "seq" "set", "t", "items"}
{"k": "map", "t", "items": [[key, value]]} · {"k": "array", "t", "shape", "dtype", "values": flat}
{"k": "object", "t", "fields": [[name, value]]} · {"k": "opaque" "class", "t", "v"}
{"k": "unknown" "cycle" "big", "t"}: never equal to anything
"""

from __future__ import annotations

import ast
import builtins
import collections
import copy
import datetime
import decimal
import fractions
import importlib.util
import json
import operator
import os
import pathlib
import random
import sys
import sysconfig
import types
from typing import Any

# Functions look builtins up here from now on, not in the module that learner code can patch.
ORIGINALS = dict(vars(builtins))
globals()["__builtins__"] = ORIGINALS


def _own_copy(module: Any) -> Any:
    """A module of the library once more, that nobody else can reach and patch."""
    spec = importlib.util.spec_from_file_location(module.__name__, module.__file__)
    own = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(own)  # type: ignore[union-attr]
    return own


globals()["ast"] = _own_copy(ast)
MAX_NODES = 200_000
MAX_ELEMENTS = 250_000
MAX_TEXT = 200_000
MAX_DEPTH = 80
MAX_MESSAGE = 500

_deepcopy = copy.deepcopy
# With methods of its own: those of random.Random can be replaced.
_OWN_METHODS = {name: method for name, method in vars(random.Random).items() if callable(method)}
_Random = type("Random", (random.Random,), _OWN_METHODS)
_settrace = sys.settrace
_setprofile = sys.setprofile
_setrecursionlimit = sys.setrecursionlimit
_getrecursionlimit = sys.getrecursionlimit
_modules = sys.modules
_Function = types.FunctionType
_mro_of = type.__dict__["__mro__"].__get__
_own_dict = type.__dict__["__dict__"].__get__
_name_of = type.__dict__["__qualname__"].__get__
_module_of = type.__dict__["__module__"].__get__
_SLOTS = (types.WrapperDescriptorType, types.MethodDescriptorType, types.BuiltinFunctionType)
_MEMBER = types.MemberDescriptorType
# By identity: a metaclass can answer == and hash.
_BUILTIN_TYPES = {id(value): name for name, value in ORIGINALS.items() if type(value) is type}
_OPAQUE_TYPES = (
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
    datetime.timezone,
    decimal.Decimal,
    fractions.Fraction,
    pathlib.PosixPath,
    pathlib.PurePosixPath,
    pathlib.WindowsPath,
    pathlib.PureWindowsPath,
    range,
    slice,
    type(Ellipsis),
    type(NotImplemented),
)
_OPAQUE = {id(kind) for kind in _OPAQUE_TYPES}


class Disguised(Exception):
    """A comparison would have been answered by the answer's own object instead of by its value."""


def encode_report(report: Any) -> Any:
    """A report as JSON text, by an encoder captured before learner code."""
    return _encode(report)


def _refuse(value: Any) -> Any:
    raise TypeError("a report holds only what JSON knows")


_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
# The C encoder itself: methods of JSONEncoder can be replaced.
_chunks = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _refuse, json.encoder.encode_basestring_ascii, None, ": ", ", ", False, False, False
)


def _encode(value: Any) -> Any:
    return "".join(_chunks(value, 0))


def _decode(text: Any) -> Any:
    return _scan(text, 0)[0]


def run_probe(request: Any, namespace: Any, shell: Any = None) -> Any:
    """One report for one request of `core.grading.probing`; never raises.

    `namespace` may be changed freely: the caller gives a copy made by fork, or a shallow one. `shell` is
    the kernel's shell, which no probe needs today.
    """
    _settrace(None)
    _setprofile(None)
    try:
        _setrecursionlimit(max(1000, _getrecursionlimit()))
        return _PROBES[request["probe"]](request, namespace)
    except BaseException as problem:
        return {"error": describe_error(problem)}


# --- names ------------------------------------------------------------------------------------------


def _answers_names(namespace: Any) -> Any:
    """The learner's names, with builtins as they were before learner code ran."""
    names = dict(namespace)
    names["__builtins__"] = dict(ORIGINALS)
    return names


def _authors_names(namespace: Any) -> Any:
    """The learner's names where a builtin of the same name goes first: for what the author wrote."""
    names = {name: value for name, value in namespace.items() if name not in ORIGINALS}
    names["__builtins__"] = dict(_AUTHORS_BUILTINS)
    names["__name__"] = "__main__"
    names["__tutor_compare__"] = _compare
    names["__tutor_truth__"] = _truth
    return names


def _be_untouched(names: Any) -> None:
    """Raise where the answer reached into the names of the check that called it."""
    originals = dict.get(names, "__builtins__")
    if (
        dict.get(names, "__tutor_compare__") is not _compare
        or dict.get(names, "__tutor_truth__") is not _truth
        or type(originals) is not dict
        or any(originals.get(name) is not value for name, value in _AUTHORS_BUILTINS.items())
    ):
        raise Disguised("the answer reached into the check")


def _evaluate(expression: Any, names: Any) -> Any:
    return eval(compile(expression.strip(), "<check>", "eval", dont_inherit=True), names)


def _authors_value(expression: Any, namespace: Any) -> Any:
    return _evaluate(expression, _authors_names(namespace))


def _expected(request: Any, namespace: Any) -> Any:
    """What is expected by expression, as JSON text: taken before the answer runs, out of its reach."""
    expression = request.pop("expected_py", "")
    if not expression:
        return "{}"
    try:
        return _encode({"expected": canonical(_authors_value(expression, namespace))})
    except BaseException as problem:
        return _encode({"author_error": describe_error(problem)})


def _kept(run: Any, *args: Any, **kwargs: Any) -> Any:
    """What code of the answer gives; Disguised if it changed the checker itself meanwhile.

    All that is needed afterwards is in locals, which no other code can set (before Python 3.13).
    """
    parts, ids, row, each, functions, code_of = _PARTS, id, tuple, map, _FUNCTIONS, _CODE_OF
    before = [row(each(ids, values())) for values in parts], row(each(code_of, functions))
    try:
        return run(*args, **kwargs)
    finally:
        if ([row(each(ids, values())) for values in parts], row(each(code_of, functions))) != before:
            raise Disguised("the answer reached into the check")


# --- probes -----------------------------------------------------------------------------------------


def _probe_value(request: Any, namespace: Any) -> Any:
    # What is expected is kept where no name or frame leads: between two arguments.
    return _beside(_expected(request, namespace), _found(request, namespace))


def _beside(expected: Any, found: Any) -> Any:
    told = _decode(expected)
    return told if "author_error" in told else {**found, **told}


def _found(request: Any, namespace: Any) -> Any:
    try:
        return {"actual": canonical(_kept(_evaluate, request["expr"], _answers_names(namespace)))}
    except BaseException as problem:
        return {"error": describe_error(problem)}


def _probe_derive(request: Any, namespace: Any) -> Any:
    values = {}
    for expression in request["exprs"]:
        values[expression] = canonical(_kept(_authors_value, expression, namespace))
    return {"values": values}


def _probe_call(request: Any, namespace: Any) -> Any:
    return _beside(_expected(request, namespace), _call_found(request, namespace))


def _call_found(request: Any, namespace: Any) -> Any:
    names = _answers_names(namespace)
    root = request["function"].partition(".")[0]
    if root.isidentifier() and root not in names and root not in ORIGINALS:
        return {"missing": root}
    function = _evaluate(request["function"], names)
    if not callable(function):
        return {"not_callable": canonical(function)}
    try:
        args = _deepcopy(tuple(_authors_value(request["args_py"], namespace)))
        kwargs = _deepcopy(dict(_authors_value(request["kwargs_py"], namespace)))
    except BaseException as problem:
        return {"author_error": describe_error(problem)}
    words = {
        "args": [canonical(arg, 2000) for arg in args],
        "kwargs": [[name, canonical(value, 2000)] for name, value in kwargs.items()],
    }
    return {**_called(function, args, kwargs), "call": words}


def _called(function: Any, args: Any, kwargs: Any) -> Any:
    try:
        return {"actual": canonical(_kept(function, *args, **kwargs))}
    except BaseException as problem:
        error = describe_error(problem)
        # Nothing of the answer ran: the call itself did not fit.
        trace = problem.__traceback__
        error["is_misfit"] = type(problem) is TypeError and _depth(trace) <= 2  # here and in _kept
        return {"error": error}


def _depth(trace: Any) -> Any:
    count = 0
    while trace is not None:
        count, trace = count + 1, trace.tb_next
    return count


def _probe_raises(request: Any, namespace: Any) -> Any:
    try:
        value = _kept(_evaluate, request["expr"], _answers_names(namespace))
    except BaseException as problem:
        return {"raised": describe_error(problem)}
    return {"actual": canonical(value)}


def _probe_code(request: Any, namespace: Any) -> Any:
    names = _authors_names(namespace)
    source = request["code"]
    try:
        program = _guarded(source, "exec")
    except SyntaxError as problem:
        return {"author_error": describe_error(problem)}
    try:
        _kept(exec, program, names)
        _be_untouched(names)
    except BaseException as problem:
        return {"error": _described_in(problem, source)}
    return {"passed": True}


def _described_in(problem: Any, source: Any) -> Any:
    """The error, with the failing line of the check where the check itself failed."""
    error = describe_error(problem)
    kept = problem.__traceback__ and problem.__traceback__.tb_next
    place = kept and kept.tb_next
    if type(problem) is AssertionError and not problem.args and place:
        line = place.tb_lineno
        lines = source.splitlines()
        if place.tb_next is None and 0 < line <= len(lines):
            error["line"] = lines[line - 1].strip()[:MAX_MESSAGE]
    return error


def _probe_property(request: Any, namespace: Any) -> Any:
    given = [_guarded(statement, "exec") for statement in request["given"]]
    holds = _guarded(request["holds"], "eval")
    drawn = _drawn_names(request["given"])
    return _kept(_tried, request, given, holds, drawn, namespace)


def _tried(request: Any, given: Any, holds: Any, drawn: Any, namespace: Any) -> Any:
    rng = _Random(request["seed"])
    base = _authors_names(namespace)
    for turn in range(request["times"]):
        names = dict(base, rng=rng)
        try:
            for statement in given:
                exec(statement, names)
            _be_untouched(names)
            if _truth(eval(holds, names)):
                _be_untouched(names)
                continue
            error = {}
        except BaseException as problem:
            error = {"error": describe_error(problem)}
        example = [[name, canonical(names[name], 2000)] for name in drawn if name in names]
        return {"passed": False, "turn": turn + 1, "example": example, **error}
    return {"passed": True}


def _drawn_names(statements: Any) -> Any:
    """The names that `given` binds, in order."""
    found: dict[str, None] = {}
    for statement in statements:
        for node in ast.walk(ast.parse(statement.strip())):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found[node.id] = None
    return list(found)


def _probe_plot(request: Any, namespace: Any) -> Any:
    names = _authors_names(namespace)
    names["series"] = request["series"]
    return {"passed": _truth(_kept(eval, _guarded(request["holds"], "eval"), names))}


_PROBES = {
    "value": _probe_value,
    "derive": _probe_derive,
    "call": _probe_call,
    "raises": _probe_raises,
    "code": _probe_code,
    "property": _probe_property,
    "plot": _probe_plot,
}


# --- errors -----------------------------------------------------------------------------------------


def describe_error(problem: Any) -> Any:
    """{"name", "names": the classes it is, "message": bounded}, without running the learner's code."""
    kind = type(problem)
    names = [type_name(base) for base in _mro_of(kind) if base is not object]
    return {"name": names[0].rpartition(".")[2], "names": names, "message": _message_of(problem)}


def _message_of(problem: Any) -> Any:
    args = BaseException.__dict__["args"].__get__(problem)
    if all(_is_plain(arg) for arg in args) and not _is_own(type(problem), ("__str__", "__repr__")):
        text = str(problem)
    else:
        text = ", ".join(str(arg) if _is_plain(arg) else type_name(type(arg)) for arg in args)
    return text[:MAX_MESSAGE]


def _is_plain(value: Any) -> Any:
    kind = type(value)
    if kind is tuple:
        return len(value) < 20 and all(id(type(item)) in _PLAIN for item in value)
    return id(kind) in _PLAIN and (kind is not int or value.bit_length() < 1000)


_PLAIN = {id(kind) for kind in (str, int, float, bool, complex, bytes, type(None))}


def _is_among(kind: Any, kinds: Any) -> Any:
    """Whether a class is one of these, whatever its metaclass says."""
    return any(one is kind for one in kinds)


# --- canonical form ---------------------------------------------------------------------------------


def type_name(kind: Any) -> Any:
    """`int` for the real one; for every other class its module and name, so that none can pose as one."""
    known = _BUILTIN_TYPES.get(id(kind)) or _UNNAMED.get(id(kind))
    if known is not None:
        return known
    try:
        module = _module_of(kind)
        name = _name_of(kind)
        return ((module if type(module) is str else "?") + "." + name)[:200]
    except BaseException:
        return "?.?"


_UNNAMED_TYPES: list[tuple[Any, str]] = [
    (type(None), "NoneType"),
    (type(Ellipsis), "ellipsis"),
    (types.FunctionType, "function"),
    (types.BuiltinFunctionType, "builtin function"),
    (types.MethodType, "method"),
    (types.GeneratorType, "generator"),
    (types.CoroutineType, "coroutine"),
    (types.ModuleType, "module"),
    (type({}.keys()), "dict_keys"),
    (type({}.values()), "dict_values"),
    (type({}.items()), "dict_items"),
]
_UNNAMED = {id(kind): name for kind, name in _UNNAMED_TYPES}


def canonical(value: Any, max_nodes: Any = MAX_NODES) -> Any:
    """The canonical form of a value, bounded; never calls a method that a learner can write."""
    return _Form(max_nodes).of(value, 0)


class _Form:
    """One walk through a value: counts what it has seen and knows what it is inside of."""

    def __init__(self, max_nodes: int) -> None:
        self.left = max_nodes
        self.inside: set[int] = set()

    def of(self, value: Any, depth: Any) -> Any:
        kind = type(value)
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH:
            return {"k": "big", "t": type_name(kind)}
        if value is None:
            return {"k": "none", "t": "NoneType"}
        bases = _mro_of(kind)
        for base, form in _SCALARS:
            if _is_among(base, bases):
                return form(value, type_name(kind))
        if id(value) in self.inside:
            return {"k": "cycle", "t": type_name(kind)}
        self.inside.add(id(value))
        try:
            return self.composed(value, kind, bases, depth + 1)
        finally:
            self.inside.discard(id(value))

    def composed(self, value: Any, kind: Any, bases: Any, depth: Any) -> Any:
        name = type_name(kind)
        for base in (list, tuple):
            if _is_among(base, bases):
                return {"k": "seq", "t": name, "items": [self.of(v, depth) for v in base.__iter__(value)]}
        for group in (set, frozenset):
            if _is_among(group, bases):
                items = [self.of(item, depth) for item in group.__iter__(value)]
                return {"k": "set", "t": name, "items": sorted(items, key=_encode)}
        if _is_among(dict, bases):
            pairs = [[self.of(k, depth), self.of(v, depth)] for k, v in dict.items(value)]
            return {"k": "map", "t": name, "items": pairs}
        if id(kind) in _OPAQUE:
            return {"k": "opaque", "t": name, "v": repr(value)[:MAX_TEXT]}
        if _is_among(type, bases):
            return {"k": "class", "t": "class", "v": type_name(value)}
        return self.library(value, kind, bases, depth) or self.object(value, kind, bases, depth)

    def library(self, value: Any, kind: Any, bases: Any, depth: Any) -> Any:
        """Arrays and frames, by duck typing on packages that are already imported."""
        numpy, torch, pandas = (_modules.get(name) for name in ("numpy", "torch", "pandas"))
        if numpy is not None and _is_among(numpy.generic, bases):
            return self.array(type_name(kind), numpy.asarray(value), numpy)
        if numpy is not None and _is_among(numpy.ndarray, bases):
            return self.array(type_name(kind), numpy.ndarray.view(value, numpy.ndarray), numpy)
        if torch is not None and _is_among(kind, (torch.Tensor, torch.nn.Parameter)):
            return self.tensor(type_name(kind), value, torch)
        if pandas is not None and _is_among(kind, (pandas.DataFrame, pandas.Series)):
            return self.frame(value, kind, depth)
        return None

    def array(self, name: Any, array: Any, numpy: Any) -> Any:
        shape = list(array.shape)
        if array.size > MAX_ELEMENTS:
            return {"k": "big", "t": name}
        flat = numpy.ndarray.tolist(numpy.ndarray.ravel(array))
        values = [_element(self, item) for item in flat]
        return {"k": "array", "t": name, "shape": shape, "dtype": str(array.dtype), "values": values}

    def tensor(self, name: Any, value: Any, torch: Any) -> Any:
        # The C base class: methods of torch.Tensor itself can be replaced.
        base = getattr(torch._C, "TensorBase", None) or torch._C._TensorBase
        plain = base.cpu(base.detach(value))
        if base.numel(plain) > MAX_ELEMENTS:
            return {"k": "big", "t": name}
        if base.layout.__get__(plain) is not torch.strided:
            plain = base.to_dense(plain)
        shape = [int(size) for size in base.shape.__get__(plain)]
        values = [_element(self, item) for item in base.tolist(base.reshape(plain, (-1,)))]
        dtype = str(base.dtype.__get__(value))
        return {"k": "array", "t": "torch.Tensor", "shape": shape, "dtype": dtype, "values": values}

    def frame(self, value: Any, kind: Any, depth: Any) -> Any:
        for method in ("to_numpy", "__getitem__"):
            if _is_own(kind, (method,)):
                return {"k": "unknown", "t": type_name(kind)}
        name = "pandas." + _name_of(kind)
        parts = [["index", list(value.index)]]
        if _name_of(kind) == "DataFrame":
            parts.append(["columns", list(value.columns)])
            columns = [value.iloc[:, place] for place in range(len(value.columns))]
            parts.append(["dtypes", [str(column.dtype) for column in columns]])
            parts.append(["values", [column.to_numpy() for column in columns]])
        else:
            parts += [["name", value.name], ["dtype", str(value.dtype)], ["values", value.to_numpy()]]
        return {"k": "object", "t": name, "fields": [[part, self.of(v, depth)] for part, v in parts]}

    def object(self, value: Any, kind: Any, bases: Any, depth: Any) -> Any:
        fields = _fields_of(value, bases)
        if fields is None:
            return {"k": "unknown", "t": type_name(kind)}
        if _is_among(BaseException, bases):
            fields["args"] = BaseException.__dict__["args"].__get__(value)
        pairs = [[name, self.of(fields[name], depth)] for name in sorted(fields)]
        return {"k": "object", "t": type_name(kind), "fields": pairs}


def _fields_of(value: Any, bases: Any) -> Any:
    """What an object holds, read past its own attribute methods; None if it holds nothing we can read."""
    if id(type(value)) in _UNNAMED:
        return None
    fields: dict[str, Any] = {}
    is_readable = False
    try:
        held = object.__getattribute__(value, "__dict__")
        if type(held) is dict:
            fields.update((name, item) for name, item in held.items() if type(name) is str)
            is_readable = True
    except BaseException:
        pass
    for base in bases:
        for name, descriptor in _own_dict(base).items():
            if type(descriptor) is _MEMBER:
                is_readable = True
                try:
                    fields[name] = descriptor.__get__(value)
                except AttributeError:
                    pass
    return fields if is_readable else None


def _form_bool(value: Any, name: Any) -> Any:
    return {"k": "bool", "t": name, "v": value is True}


def _form_int(value: Any, name: Any) -> Any:
    bits = int.bit_length(value)
    if bits > 8 * MAX_TEXT:
        return {"k": "big", "t": name}
    text = int.__repr__(value) if bits < 4000 else int.__format__(value, "#x")
    return {"k": "int", "t": name, "v": text}


def _form_float(value: Any, name: Any) -> Any:
    return {"k": "float", "t": name, "v": float.__repr__(value)}


def _form_complex(value: Any, name: Any) -> Any:
    return {"k": "complex", "t": name, "v": complex.__repr__(value)}


def _form_str(value: Any, name: Any) -> Any:
    if str.__len__(value) > MAX_TEXT:
        return {"k": "big", "t": name}
    return {
        "k": "str",
        "t": name,
        "v": str.__str__(value) if type(value) is str else "".join(str.__iter__(value)),
    }


def _form_bytes(value: Any, name: Any) -> Any:
    if type(value) is bytes and len(value) <= MAX_TEXT:
        return {"k": "bytes", "t": name, "v": value.hex()}
    return {"k": "unknown", "t": name}


def _element(form: Any, value: Any) -> Any:
    """One element of an array: a JSON scalar; what JSON lacks as text, an object in its canonical form."""
    kind = type(value)
    if kind is float:
        return value if value - value == 0 else float.__repr__(value)
    if kind is bool or kind is str:
        return value
    if kind is int:
        return value if -(2**53) < value < 2**53 else str(value)
    if kind is complex:
        return complex.__repr__(value)
    return form.of(value, 1)


_SCALARS = (
    (bool, _form_bool),
    (int, _form_int),
    (float, _form_float),
    (complex, _form_complex),
    (str, _form_str),
    (bytes, _form_bytes),
)


# --- comparisons inside -----------------------------------------------------------------------------

_DUNDERS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__")
_OPERATORS: dict[str, Any] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Is": operator.is_,
    "IsNot": operator.is_not,
    "In": lambda left, right: left in right,
    "NotIn": lambda left, right: left not in right,
}


def _guarded(source: Any, mode: Any) -> Any:
    """A check's own code, compiled so that its comparisons and assertions cannot be answered by a liar."""
    tree = _Guard().visit(ast.parse(source.strip() if mode == "eval" else source, mode=mode))
    return compile(ast.fix_missing_locations(tree), "<check>", mode, dont_inherit=True)


class _Guard(ast.NodeTransformer):
    """`a == b` -> `__tutor_compare__(a, ("Eq",), b)`; `assert x` -> `assert __tutor_truth__(x)`."""

    def visit_Compare(self, node: Any) -> Any:
        self.generic_visit(node)
        operators: list[ast.expr] = [ast.Constant(type(op).__name__) for op in node.ops]
        rights = node.comparators
        if len(rights) > 1:
            nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
            # The first is always evaluated; the others only while the chain holds.
            rights = [rights[0], *(ast.Lambda(args=nothing, body=right) for right in rights[1:])]
        arguments = [node.left, ast.Tuple(elts=operators, ctx=ast.Load()), *rights]
        return _call_of("__tutor_compare__", arguments, node)

    def visit_Assert(self, node: Any) -> Any:
        self.generic_visit(node)
        node.test = _call_of("__tutor_truth__", [node.test], node.test)
        return node


def _call_of(name: Any, arguments: Any, place: Any) -> Any:
    call = ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=arguments, keywords=[])
    return ast.copy_location(call, place)


def _compare(left: Any, operators: Any, right: Any, *later: Any) -> Any:
    result = _compared(operators[0], left, right)
    for name, following in zip(operators[1:], later):
        if not result:
            return result
        left, right = right, following()
        result = _compared(name, left, right)
    return result


def _compared(name: Any, left: Any, right: Any) -> Any:
    if name in ("Is", "IsNot") or _own_types(left) == _own_types(right):
        return _OPERATORS[name](left, right)
    if name == "Eq":
        return _is_same(left, right)
    if name == "NotEq":
        return not _is_same(left, right)
    if name in ("In", "NotIn") and _is_among(type(right), (list, tuple, set, frozenset, dict)):
        return any(_is_same(left, item) for item in right) is (name == "In")
    raise Disguised("a value was compared with an object of the answer's own class")


def _is_same(left: Any, right: Any) -> Any:
    first, second = canonical(left), canonical(right)
    return not _holds_unknown(first) and first == second


def _holds_unknown(form: Any) -> Any:
    text = _encode(form)
    return any('"k": "' + kind + '"' in text for kind in ("unknown", "cycle", "big"))


def _own_types(value: Any) -> Any:
    """Classes, anywhere in a value, whose comparisons the learner wrote; looks at 10,000 parts at most."""
    if id(type(value)) in _PLAIN:
        return frozenset()
    found: set[int] = set()
    seen: set[int] = set()
    waiting = [value]
    while waiting and len(seen) < 10_000:
        part = waiting.pop()
        kind = type(part)
        if id(kind) in _PLAIN or id(part) in seen:
            continue
        seen.add(id(part))
        if _is_own(kind, _DUNDERS):
            found.add(id(kind))
        waiting.extend(_parts_of(part, kind))
    return frozenset(found)


def _parts_of(part: Any, kind: Any) -> Any:
    bases = _mro_of(kind)
    for base in (list, tuple, set, frozenset):
        if _is_among(base, bases):
            return list(base.__iter__(part))
    if _is_among(dict, bases):
        return [*dict.keys(part), *dict.values(part)]
    if _is_among(collections.deque, bases):
        return list(collections.deque.__iter__(part))
    numpy = _modules.get("numpy")
    if numpy is not None and _is_among(numpy.ndarray, bases) and part.dtype == object:
        return numpy.ndarray.tolist(numpy.ndarray.ravel(part))[:10_000]
    if _is_among(kind, _HOLDERS) or any(_is_learners(base) for base in bases):
        return list((_fields_of(part, bases) or {}).values())
    return []


def _is_own(kind: Any, names: Any) -> Any:
    """Whether one of these methods of a class was written by the learner."""
    for name in names:
        for base in _mro_of(kind):
            method = _own_dict(base).get(name, _ABSENT)
            if method is _ABSENT:
                continue
            if type(method) is _Function:
                if not _is_library(method):
                    return True
            elif method is not None and type(method) not in _SLOTS and _is_learners(base):
                return True
            break
    return False


_HOLDERS = (types.SimpleNamespace,)
_ABSENT = object()


def _is_library(function: Any) -> Any:
    """Whether a function lives in an imported module that is not the learner's own."""
    name = function.__globals__.get("__name__")
    module = _modules.get(name) if type(name) is str else None
    if name == "__main__" or module is None or vars(module) is not function.__globals__:
        return False
    file = function.__code__.co_filename
    return _is_installed(module) and (file.startswith("<") or _lies_in_library(file))


def _is_installed(module: Any) -> Any:
    """Whether a module belongs to Python or its packages; those of the workspace are the learner's."""
    file = vars(module).get("__file__")
    return file is None or (type(file) is str and _lies_in_library(file))


def _lies_in_library(file: Any) -> Any:
    return any(file.startswith(folder) for folder in _LIBRARY)


# The workspace is put on the path later, by a relative name.
_LIBRARY = tuple(
    {
        os.path.join(place, "")
        for folder in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *sys.path)
        if os.path.isabs(folder)
        for place in (folder, os.path.realpath(folder))
    }
)


def _is_learners(kind: Any) -> Any:
    if id(kind) in _BUILTIN_TYPES:
        return False
    module = _modules.get(_module_of(kind)) if type(_module_of(kind)) is str else None
    if module is None or _module_of(kind) == "__main__" or not _is_installed(module):
        return True
    return vars(module).get(_name_of(kind)) is not kind


def _truth(value: Any) -> Any:
    """The truth of a value, refused where the learner's own class would say it."""
    if value is True or value is False:
        return value
    if _is_own(type(value), ("__bool__", "__len__")):
        raise Disguised("a check gave an object of the answer's own class instead of true or false")
    return bool(value)


def _is_instance(value: Any, kinds: Any) -> Any:
    """isinstance that does not believe an overridden `__class__`."""
    return isinstance(value, kinds) and (value.__class__ is type(value) or issubclass(type(value), kinds))


_AUTHORS_BUILTINS = {**ORIGINALS, "isinstance": _is_instance}

_CODE_OF = operator.attrgetter("__code__")
_FUNCTIONS = tuple(
    one
    for one in [*globals().values(), *vars(_Form).values(), *vars(_Guard).values(), *vars(ast).values()]
    if type(one) is _Function
)
_PARTS = (
    *[one.values for one in (ORIGINALS, _AUTHORS_BUILTINS, _PROBES, _OPERATORS, _BUILTIN_TYPES, _UNNAMED)],
    *[vars(kind).values for kind in (_Form, _Guard)],
    *[vars(ast.NodeTransformer).values, vars(ast.NodeVisitor).values, vars(ast).values, globals().values],
)
# Learner code must not find this module by its name and put its own functions in.
sys.modules.pop(__name__, None)
