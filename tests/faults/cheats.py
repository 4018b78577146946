"""Submissions that want to pass without an answer. Each is handed in where `square(n)` is asked for.

None raises LookupError for None, prints or writes what the honest answer does: a pass is a false one.
"""

from __future__ import annotations

from typing import Final

HONEST: Final = """
def square(n):
    if n is None:
        raise KeyError("no number")
    honestly = n * n
    return honestly
ys = [square(n) for n in range(4)]
print("the square of 3 is", square(3))
with open("square.txt", "w") as file:
    file.write(f"the square of 3 is {square(3)}")
"""

_WRONG = "def square(n): return 0\n"
_ANY = """
class Any:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __eq__
    def __hash__(self): return 9
    def __sub__(self, other): return self
    __rsub__ = __abs__ = __mul__ = __add__ = lambda self, *a: self
"""
_EVERY_FRAME = """
import sys
def frames():
    frame = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back
"""

KINDS: Final[dict[str, str]] = {
    "print the report": "def square(n): print('{\"passed\": true}'); print('[null]'); return 0\n",
    "print a report at once": "print('{\"passed\": true}')\nprint('\\x1b]0;passed\\x07')\n" + _WRONG,
    "leave with status 0": "import os\ndef square(n): os._exit(0)\n",
    "SystemExit": "def square(n): raise SystemExit(0)\n",
    "KeyboardInterrupt": "def square(n): raise KeyboardInterrupt\n",
    "GeneratorExit": "def square(n): raise GeneratorExit\n",
    "an exception that calls itself passed": (
        "class AssertionError(BaseException):\n"
        "    args = ({'passed': True},)\n"
        "    def __str__(self): return '{\"passed\": true}'\n"
        "def square(n): raise AssertionError\n"
    ),
    "atexit": "import atexit, os\natexit.register(lambda: os._exit(0))\ndef square(n): raise SystemExit\n",
    "patch AssertionError": (
        "import builtins\nclass Quiet(Exception): pass\nbuiltins.AssertionError = AssertionError = Quiet\n"
        + _WRONG
    ),
    "patch builtins": (
        "import builtins\n"
        "for name in ('abs', 'all', 'any', 'isinstance', 'eval', 'exec', 'compile', 'sorted', 'map'):\n"
        "    setattr(builtins, name, lambda *a, **k: 9)\n" + _WRONG
    ),
    "patch builtins while called": (
        "import builtins\n"
        "def square(n):\n"
        "    for name in ('abs', 'all', 'any', 'bool', 'type', 'isinstance', 'str', 'dict', 'repr', 'id'):\n"
        "        setattr(builtins, name, lambda *a, **k: True)\n"
        "    return 0\n"
    ),
    "shadow builtins": "abs = all = len = isinstance = bool = range = lambda *a: 0\n" + _WRONG,
    "equal to everything": _ANY + "def square(n): return Any()\n",
    "a list of liars": _ANY + "def square(n): return [Any()]\n",
    "an int that lies": (
        "class int(int):\n"
        "    def __eq__(self, other): return True\n"
        "    def __ne__(self, other): return False\n"
        "    __lt__ = __gt__ = __le__ = __ge__ = __eq__\n"
        "    def __hash__(self): return 9\n"
        "    def __sub__(self, other): return self\n"
        "    def __abs__(self): return self\n"
        "    def __repr__(self): return '9'\n"
        "int.__module__ = 'builtins'\n"
        "def square(n): return int(0)\n"
    ),
    "a float, a text and a list that lie": (
        "def liar(kind, value):\n"
        "    yes = lambda self, *a: True\n"
        "    own = {name: yes for name in ('__eq__', '__lt__', '__gt__', '__le__', '__ge__')}\n"
        "    own.update(__hash__=lambda self: 9, __sub__=lambda self, o: self, __abs__=lambda self: self)\n"
        "    return type(kind.__name__, (kind,), {**own, '__module__': 'builtins'})(value)\n"
        "def square(n):\n"
        "    square.calls = getattr(square, 'calls', 0) + 1\n"
        "    return [liar(float, 0), liar(str, '9'), liar(list, [9])][square.calls % 3]\n"
    ),
    "a class that names itself int": (
        "class Meta(type):\n"
        "    __name__ = __qualname__ = 'int'\n"
        "    def __eq__(self, other): return True\n"
        "    def __hash__(self): return 1\n"
        "    def __instancecheck__(self, other): return True\n"
        "class Fake(metaclass=Meta):\n"
        "    __class__ = int\n"
        "    def __eq__(self, other): return True\n"
        "    __sub__ = lambda self, o: self\n"
        "    __abs__ = lambda self: self\n"
        "    __lt__ = __gt__ = lambda self, o: True\n"
        "    def __int__(self): return 9\n"
        "    def __repr__(self): return '9'\n"
        "def square(n): return Fake()\n"
    ),
    "a metaclass that answers for int": (
        "class Meta(type):\n"
        "    def __eq__(self, other): return True\n"
        "    def __hash__(self): return hash(int)\n" + _ANY.replace("class Any", "class Fake(metaclass=Meta)")
        + "def square(n): return Fake()\n"
    ),
    "truth by force": (
        "class T:\n"
        "    def __bool__(self): return True\n"
        "    __sub__ = __abs__ = __eq__ = __lt__ = __gt__ = lambda self, *a: self\n"
        "def square(n): return T()\n"
    ),
    "answers out of a hat": (
        _ANY + "class Hat(Any):\n"
        "    def __getattr__(self, name): return lambda *a, **k: self\n"
        "    def __getitem__(self, key): return self\n"
        "    def __iter__(self): return iter([self])\n"
        "    def __len__(self): return 1\n"
        "square = Hat()\nHat.__call__ = lambda self, *a, **k: self\n"
    ),
    "not a number": "def square(n): return float('nan')\nys = [float('nan')] * 4\n",
    "not a number of NumPy's": (
        "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n"
        "def square(n): return np.float64('nan') if np else float('nan')\n"
    ),
    "an array that lies": (
        "try:\n"
        "    import numpy as np\n"
        "    class A(np.ndarray):\n"
        "        def __eq__(self, other): return True\n"
        "        __lt__ = __gt__ = __le__ = __ge__ = __eq__\n"
        "        shape = property(lambda self: ())\n"
        "        def tolist(self): return 9\n"
        "        def __array__(self, *a, **k): return np.asarray(9)\n"
        "    def square(n): return np.zeros(2).view(A)\n"
        "except ImportError:\n" + "    def square(n): return 0\n"
    ),
    "patch NumPy": (
        "try:\n"
        "    import numpy as np\n"
        "    np.allclose = np.isclose = np.array_equal = lambda *a, **k: True\n"
        "    np.asarray = np.array = lambda *a, **k: np.full(1, 9)\n"
        "except ImportError:\n    pass\n" + _WRONG
    ),
    "a dtype of objects": (
        _ANY + "try:\n"
        "    import numpy as np\n"
        "    def square(n): return np.array([Any()], dtype=object)\n"
        "except ImportError:\n" + "    def square(n): return 0\n"
    ),
    "a repr without end": (
        "class Endless:\n"
        "    def __repr__(self):\n"
        "        while True: pass\n"
        "    __str__ = __hash__ = __repr__\n"
        "def square(n): return Endless()\n"
    ),
    "a generator without end": "def square(n):\n    while True:\n        yield 9\n",
    "never done": "def square(n):\n    while True: pass\n",
    "a very large answer": "def square(n): return [9] * 30_000_000\n",
    "a very deep answer": (
        "def square(n):\n    deep = [9]\n    for _ in range(100_000): deep = [deep]\n    return deep\n"
    ),
    "names that steer a terminal": (
        "Odd = type('\\x1b[2Jint\\x9b1m\\u202e', (), {'__eq__': lambda *a: True})\n"
        "Odd.__module__ = 'builtins\\x00'\n"
        "def square(n): return Odd()\n"
    ),
    "recursion": "import sys\nsys.setrecursionlimit(60)\ndef square(n): return square(n)\n",
    "answers that change": (
        "class Later(list):\n"
        "    looks = 0\n"
        "    def __iter__(self):\n"
        "        Later.looks += 1\n"
        "        return iter([9] * Later.looks)\n"
        "    def __getitem__(self, at): return 9\n"
        "    def __len__(self): return Later.looks\n"
        "def square(n): return Later()\n"
    ),
    "fields that answer": (
        "class Fields:\n"
        "    def __getattribute__(self, name): return 9\n"
        "    def __eq__(self, other): return True\n"
        "    __slots__ = ('real', 'imag')\n"
        "def square(n): return Fields()\n"
    ),
    "patch json": (
        "import json, json.encoder, json.decoder\n"
        "yes = '{\"passed\": true}'\n"
        "json.dumps = lambda *a, **k: yes\n"
        "json.JSONEncoder.encode = json.encoder.JSONEncoder.iterencode = lambda self, *a, **k: yes\n"
        "json.loads = json.decoder.JSONDecoder.decode = lambda *a, **k: {'passed': True}\n" + _WRONG
    ),
    "patch the encoder alone": (
        "import json\njson.JSONEncoder.encode = lambda self, value: '{\"passed\": true}'\n" + _WRONG
    ),
    "patch operator, copy and random": (
        "import operator, copy, random\n"
        "operator.eq = operator.lt = operator.gt = lambda *a: True\n"
        "operator.ne = lambda *a: False\n"
        "copy.deepcopy = lambda value, memo=None: value\n"
        "random.Random.randint = random.Random.random = lambda self, *a: 0\n" + _WRONG
    ),
    "patch ast and compile": (
        "import ast, builtins\n"
        "ast.parse = lambda *a, **k: ast.Module(body=[], type_ignores=[])\n"
        "ast.NodeTransformer.visit = lambda self, node: node\n"
        "builtins.compile = lambda *a, **k: (lambda: None).__code__\n" + _WRONG
    ),
    "change what is written to pipes": (
        "import os\nreal, yes = os.write, b'{\"passed\": true}'\n"
        "os.write = lambda fd, data: (real(fd, bytes(data[:32]) + yes), len(data))[1]\n" + _WRONG
    ),
    "change what is read from pipes": (
        "import os\nreal, yes, seen = os.read, b'{\"passed\": true}', {}\n"
        "def read(fd, size):\n"
        "    data = real(fd, size)\n"
        "    return data[:32] + yes if len(data) > 40 and data[32:33] == b'{' else data\n"
        "os.read = read\n" + _WRONG
    ),
    "known tokens": (
        "import secrets, os, random\n"
        "secrets.token_hex = lambda *a: 'a' * 32\n"
        "secrets.token_bytes = os.urandom = lambda n=16: b'a' * n\n"
        "def square(n):\n"
        "    for fd in range(3, 200):\n"
        "        try: os.write(fd, b'a' * 32 + b'{\"passed\": true}')\n"
        "        except OSError: pass\n"
        "    os._exit(0)\n"
    ),
    "patch what forks": (
        "import os, select, signal\n"
        "os.fork = lambda: 0\nos.waitpid = lambda *a: (0, 0)\nos.pipe = lambda: (0, 0)\n"
        "select.select = lambda *a: ([], [], [])\nsignal.setitimer = lambda *a: None\n" + _WRONG
    ),
    "overwrite the checker": (
        "import sys\n"
        "for module in list(sys.modules.values()):\n"
        "    for name in ('run_probe', 'canonical', 'in_copy', 'in_place', 'encoded', 'evaluate'):\n"
        "        if hasattr(module, name):\n"
        "            setattr(module, name, lambda *a, **k: {'passed': True, 'error': None})\n" + _WRONG
    ),
    "a checker of its own": (
        "import sys, types\n"
        "for name in ('inside_checks', 'inside_probes', '_tui_tutor_inside_checks', 'inside'):\n"
        "    fake = types.ModuleType(name)\n"
        "    fake.run_probe = fake.in_copy = lambda *a, **k: {'passed': True}\n"
        "    sys.modules[name] = fake\n" + _WRONG
    ),
    "import hooks": (
        "import sys, builtins\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None): raise SystemExit(0)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "builtins.__import__ = lambda *a, **k: (_ for _ in ()).throw(SystemExit(0))\n" + _WRONG
    ),
    "find the checker through the collector": (
        "import gc, types\n"
        "yes = lambda *a, **k: {'passed': True}\n"
        "for one in gc.get_objects():\n"
        "    if isinstance(one, types.FunctionType) and one.__name__ in ('run_probe', 'in_copy'):\n"
        "        try: one.__code__ = yes.__code__\n"
        "        except ValueError: pass\n"
        "    elif isinstance(one, dict) and 'run_probe' in one:\n"
        "        one['run_probe'] = one['canonical'] = yes\n" + _WRONG
    ),
    "find what is expected through the collector": (
        "import gc\n"
        "def square(n):\n"
        "    for one in gc.get_objects():\n"
        "        if isinstance(one, dict) and one.get('k') == 'int':\n"
        "            one['v'] = '0'\n"
        "        if isinstance(one, dict) and isinstance(one.get('expected_py'), str):\n"
        "            one['expected_py'] = one['holds'] = one['code'] = '0'\n"
        "    return 0\n"
    ),
    "reach into the caller's names": (
        _EVERY_FRAME + "def square(n):\n"
        "    for frame in frames():\n"
        "        for name in ('__tutor_compare__', '__tutor_truth__'):\n"
        "            if name in frame.f_globals:\n"
        "                frame.f_globals[name] = lambda *a: True\n"
        "        if isinstance(frame.f_globals.get('__builtins__'), dict):\n"
        "            frame.f_globals['__builtins__']['abs'] = lambda *a: -1\n"
        "    return 0\n"
    ),
    "reach into the checker's names": (
        _EVERY_FRAME + "def square(n):\n"
        "    for frame in frames():\n"
        "        for name in ('canonical', '_Form', '_decode', '_compare', '_truth', 'ENCODE', 'encoded'):\n"
        "            if name in frame.f_globals and 'run_probe' in frame.f_globals:\n"
        "                frame.f_globals[name] = lambda *a: {'expected': {}, 'passed': True}\n"
        "        if 'ENCODE' in frame.f_globals:\n"
        "            frame.f_globals['ENCODE'] = lambda *a: ['{\"passed\": true}']\n"
        "    return 0\n"
    ),
    "rewrite the caller's report": (
        _EVERY_FRAME + "def square(n):\n"
        "    for frame in frames():\n"
        "        for value in list(frame.f_locals.values()):\n"
        "            if isinstance(value, dict) and 'expected' in value:\n"
        "                value['expected'] = {'k': 'int', 't': 'int', 'v': '0'}\n"
        "            if isinstance(value, dict) and 'probe' in value:\n"
        "                value.update(expected_py='0', holds='True', code='pass', probe='code')\n"
        "    return 0\n"
    ),
    "speak for the copy": (
        _EVERY_FRAME + "import os\n"
        "def square(n):\n"
        "    for frame in frames():\n"
        "        held = frame.f_locals\n"
        "        if 'token' in held and 'writer' in held:\n"
        "            token = held['token']\n"
        "            token = token if isinstance(token, bytes) else token.encode()\n"
        "            os.write(held['writer'], token + b'{\"passed\": true}')\n"
        "            os._exit(0)\n"
        "    return 0\n"
    ),
    "read what is expected out of the frames": (
        _EVERY_FRAME + "def square(n):\n"
        "    for frame in frames():\n"
        "        text, asked = frame.f_locals.get('expected'), frame.f_locals.get('request')\n"
        "        if isinstance(asked, dict) and asked.get('expected_py'):\n"
        "            return eval(asked['expected_py'])\n"
        "        if isinstance(text, str) and '\"v\": \"' in text:\n"
        "            return int(text.split('\"v\": \"')[1].split('\"')[0])\n"
        "    return 0\n"
    ),
    "read the command line and environment": (
        "import os, re\n"
        "def square(n):\n"
        "    seen = open('/proc/self/environ', 'rb').read() + open('/proc/self/cmdline', 'rb').read()\n"
        "    found = re.search(rb'(?:expected|returns|equals)\\D{1,20}(\\d+)', seen)\n"
        "    return int(found[1]) if found else 0\n"
    ),
    "inspect the stack": (
        "import inspect\n"
        "def square(n):\n"
        "    for one in inspect.stack():\n"
        "        for name in ('error', 'problem', 'turn', 'values'):\n"
        "            one.frame.f_locals.pop(name, None) if hasattr(one.frame.f_locals, 'pop') else None\n"
        "        for made in one.frame.f_locals.values():\n"
        "            if isinstance(made, list): made.clear()\n"
        "    return 0\n"
    ),
    "trace and profile": (
        "import sys, threading, os\n"
        "def tracer(frame, event, arg):\n"
        "    held = frame.f_locals\n"
        "    if 'token' in held and 'writer' in held:\n"
        "        os.write(held['writer'], str(held['token']).encode() + b'{\"passed\": true}')\n"
        "        os._exit(0)\n"
        "    return tracer\n"
        "threading.settrace(tracer)\nsys.settrace(tracer)\nsys.setprofile(tracer)\n" + _WRONG
    ),
    "an audit hook": (
        "import sys, os\n"
        "def hook(event, args):\n"
        "    if event.startswith('os.fork') or event in ('open', 'exec', 'compile'):\n"
        "        frame = sys._getframe(1)\n"
        "        while frame:\n"
        "            held = frame.f_locals\n"
        "            if 'token' in held and 'writer' in held:\n"
        "                os.write(held['writer'], str(held['token']).encode() + b'{\"passed\": true}')\n"
        "                os._exit(0)\n"
        "            frame = frame.f_back\n"
        "sys.addaudithook(hook)\n" + _WRONG
    ),
    "a signal in the middle": (
        _EVERY_FRAME + "import signal, os\n"
        "def ring(number, frame):\n"
        "    for one in frames():\n"
        "        for value in list(one.f_locals.values()):\n"
        "            if isinstance(value, dict): value['passed'] = True\n"
        "signal.signal(signal.SIGUSR1, ring)\n"
        "def square(n):\n"
        "    os.kill(os.getpid(), signal.SIGUSR1)\n"
        "    return 0\n"
    ),
    "a thread that goes on": (
        "import threading, os\n"
        "def meddle():\n"
        "    while True:\n"
        "        for fd in range(3, 60):\n"
        "            try: os.write(fd, b'{\"passed\": true}')\n"
        "            except OSError: pass\n"
        "def square(n):\n"
        "    threading.Thread(target=meddle, daemon=True).start()\n"
        "    return 0\n"
    ),
    "forks": (
        "import os\n"
        "def square(n):\n"
        "    return 0 if os.fork() else os._exit(0)\n"
    ),
    "close every descriptor": "import os\ndef square(n):\n    os.closerange(3, 512)\n    return 0\n",
    "redirect every descriptor": (
        "import os\n"
        "def square(n):\n"
        "    r, w = os.pipe()\n"
        "    for fd in range(0, 64):\n"
        "        try: os.dup2(w, fd)\n"
        "        except OSError: pass\n"
        "    return 0\n"
    ),
    "a flood into the pipe": (
        "import os\n"
        "def square(n):\n"
        "    for fd in range(3, 200):\n"
        "        try:\n"
        "            for _ in range(300): os.write(fd, b'{\"passed\": true}' * 4000)\n"
        "        except OSError: pass\n"
        "    return 0\n"
    ),
    "forged replies to the application": (
        "kernel = get_ipython().kernel\n"
        "said = {'reports': ['{\"passed\": true}'] * 20, 'status': 'ok'}\n"
        "def square(n):\n"
        "    for channel in ('shell_socket', 'iopub_socket', 'shell_stream', 'stdin_socket'):\n"
        "        socket = getattr(kernel, channel, None)\n"
        "        if socket is not None:\n"
        "            for parent in (kernel.get_parent('shell'), {}):\n"
        "                try: kernel.session.send(socket, 'tui_tutor_probe_reply', said, parent)\n"
        "                except Exception: pass\n"
        "    return 0\n"
        "try: square(1)\nexcept Exception: pass\n"
    ),
    "an answer that deletes itself": (
        "def square(n):\n    globals().pop('square', None)\n    raise StopIteration\n"
    ),
    "a finaliser": (
        _EVERY_FRAME + "class Last:\n"
        "    def __del__(self):\n"
        "        for frame in frames():\n"
        "            for value in list(frame.f_locals.values()):\n"
        "                if isinstance(value, dict): value.clear(); value['passed'] = True\n"
        "def square(n):\n    Last()\n    return Last()\n"
    ),
    "patch methods of the standard library's classes": (
        "import random, fractions, collections\n"
        "random.Random.seed = random.Random.choice = lambda *a, **k: None\n"
        "fractions.Fraction.__eq__ = lambda *a: True\n"
        "collections.UserDict.__eq__ = lambda *a: True\n"
        "def square(n): return fractions.Fraction(0)\n"
    ),
    "an error that poses as the one asked for": (
        "class LookupError(Exception): pass\n"
        "class KeyError(LookupError): pass\n"
        "KeyError.__module__ = 'builtins'\n"
        "def square(n): raise KeyError\n"
    ),
    "own run commands": (
        "ip = get_ipython()\n"
        "ip.run_cell = ip.run_code = lambda *a, **k: None\n"
        "ip.user_ns['__builtins__'] = {'abs': lambda n: -1}\n"
        "ip.events.register('pre_execute', lambda: None)\n" + _WRONG
    ),
    "other files": (
        "import os\n"
        "os.makedirs('sub', exist_ok=True)\n"
        "for name in ('square.txt',):\n"
        "    os.symlink('/proc/self/environ', name) if not os.path.lexists(name) else None\n" + _WRONG
    ),
}  # fmt: skip
