"""A process like a kernel's: the helper is loaded, learner code runs, then each probe in a forked copy."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import types
from typing import Any


def loaded(folder: str, name: str) -> Any:
    """A module of the kernel's folder, loaded as the kernel loads it."""
    spec = importlib.util.spec_from_file_location("_tui_tutor_" + name, os.path.join(folder, name + ".py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_tui_tutor_" + name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """stdin: {"folder", "source", "requests", "limit_s"}; the last line of stdout: the reports as JSON."""
    asked = json.loads(sys.stdin.read())
    voice = os.fdopen(os.dup(1), "w")
    checks, probes = loaded(asked["folder"], "inside_checks"), loaded(asked["folder"], "inside_probes")
    run_probe, encode, in_copy, leave = checks.run_probe, checks.encode_report, probes.in_copy, os._exit
    main_module = types.ModuleType("__main__")
    sys.modules["__main__"] = main_module
    names = vars(main_module)
    try:
        exec(compile(asked["source"], "<cell>", "exec"), names)
    except Exception as problem:  # noqa: BLE001 - a learner's code may raise anything
        print(type(problem).__name__, problem, file=sys.stderr)
    reports = [
        in_copy(lambda request=request: run_probe(request, names, None), asked["limit_s"], lambda: None)
        for request in asked["requests"]
    ]
    voice.write("\n" + encode(reports))
    voice.flush()
    leave(0)


if __name__ == "__main__":
    main()
