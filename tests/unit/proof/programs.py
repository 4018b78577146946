"""Small solutions as authors write them, each a function `f` of a list of integers and one integer."""

from __future__ import annotations

import re
from typing import Final

_ALL: Final = """
=== sum
def f(xs, k):
    total = 0
    for x in xs:
        total += x * k
    return total
=== sum-again
def f(xs, k):
    n = 0
    for i in range(len(xs)):
        n = n + xs[i]
    return n
=== best
def f(xs, k):
    best = k
    for x in xs:
        if x > best:
            best = x
    return best
=== filter
def f(xs, k):
    out = []
    for x in xs:
        if x > k:
            out.append(x * 2)
    return out
=== comprehension
def f(xs, k):
    return [x + k for x in xs if x % 2 == 0]
=== pairs
def f(xs, k):
    ps = [(x, y) for x in xs if x for y in xs[1:] if y > x]
    return len(ps), ps
=== squares
def f(xs, k):
    found = {x: x ** 2 for x in xs}
    return found.get(k, -1)
=== counting
def f(xs, k):
    d = {}
    for x in xs:
        d[x] = x - k
    return sorted(d.items())
=== set
def f(xs, k):
    s = set()
    for x in xs:
        s.add(x % 3)
    return sorted(s)
=== set-comprehension
def f(xs, k):
    s = {x // 2 for x in xs}
    return k in s, len(s)
=== sign
def f(xs, k):
    if k < 0:
        return -1
    elif k > 0:
        return 1
    return 0
=== choice
def f(xs, k):
    return xs[0] if xs and xs[0] > k else k
=== early
def f(xs, k):
    if k in xs:
        return xs.index(k)
    return None
=== not-in
def f(xs, k):
    if not k in xs:
        return xs + [k]
    else:
        return xs
=== while
def f(xs, k):
    n = abs(k)
    steps = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else n - 1
        steps += 1
    return steps
=== slices
def f(xs, k):
    return xs[1:-1], xs[::-1], xs[:2]
=== text
def f(xs, k):
    line = ''
    for x in xs:
        line += str(x) + ','
    return line.strip(',')
=== f-string
def f(xs, k):
    name = 'é☃'
    return f'{name}: {k + 1:>4} {len(xs)!r}'
=== debugging
def f(xs, k):
    width = k + 1
    return f'{width=}'
=== closure
def f(xs, k):
    limit = k
    def is_big(x):
        return x > limit
    return [x for x in xs if is_big(x)]
=== nonlocal
def f(xs, k):
    n = 0
    def up():
        nonlocal n
        n += 1
    for _ in xs:
        up()
    return n
=== lambda
twice = lambda x, by=2: x * by

def f(xs, k):
    return [twice(x) for x in xs] + [twice(k, by=3)]
=== recursion
def f(xs, k):
    if not xs:
        return k
    return f(xs[1:], k + xs[0])
=== module
base = 10
step = base * 2

def f(xs, k):
    return [base + x for x in xs], step - k
=== class
class Box:
    size = 3
    def __init__(self, xs):
        self.xs = xs
    def grown(self, k):
        total = self.size
        total += k
        return [x + total for x in self.xs]

def f(xs, k):
    return Box(xs).grown(k)
=== try
def f(xs, k):
    try:
        value = xs[k]
    except IndexError as problem:
        value = str(problem)
    return value
=== with-loop-in-try
def f(xs, k):
    out = []
    try:
        out = []
        for x in xs:
            out.append(k // x)
    except ZeroDivisionError:
        pass
    return out
=== shared-list
def f(xs, k):
    a = [k]
    b = a
    b += xs
    return a
=== argument
def f(xs, k):
    k += 1
    ys = xs
    ys = ys + [k]
    return xs, ys
=== generator
def g(n):
    for i in range(0, n):
        yield i

def f(xs, k):
    return list(g(len(xs))), sum(x for x in xs if x != k)
=== match
def f(xs, k):
    match xs:
        case []:
            kind = 'none'
        case [x]:
            kind = x
        case [x, *rest]:
            kind = len(rest)
    return kind
=== breaks
def f(xs, k):
    seen = 0
    for x in xs:
        if x == k:
            break
        if x < 0:
            continue
        seen += 1
    else:
        seen = -1
    return seen
=== leaking
def f(xs, k):
    out = []
    for x in xs:
        out.append(x)
    return out, x if xs else None
=== walrus
def f(xs, k):
    return [y for x in xs if (y := x + k) > 0]
=== comparing
def f(xs, k):
    n = len(xs)
    m = 3
    if n < m and not n == 2:
        return 'few'
    return 'many' if 5 <= n else 'some'
=== locals
def f(xs, k):
    a = 1
    b = 2
    return sorted(locals())
=== several-lines
def f(
    xs,
    k,
):
    # what it is
    total = (
        sum(xs)  # all
        + k * (3 - 1)
    )
    a = 1; b = 2
    if total: return total
    return a - b
=== sorted
def f(xs, k):
    ys = sorted(xs, key=lambda x: (abs(x - k), -x), reverse=True)
    return ys[:3], max(k, 2), min(2, k)
=== global
calls = 0

def f(xs, k):
    global calls
    calls += 1
    return calls * k
=== shadowed
def range(n):
    return [n, n]

def f(xs, k):
    total = 0
    for i in range(k):
        total += i
    return total
=== independent
def f(xs, k):
    a = 1
    b = k * 2
    c = a + b
    return a, b, c
=== same-name
def f(xs, k):
    x = k
    ys = [x for x in xs]
    return x, ys
=== starred
def f(xs, k):
    first, *rest = [k, *xs]
    return max(*rest, first, k), (first, *rest)
"""
_PARTS: Final = re.split(r"^=== (.+)\n", _ALL, flags=re.MULTILINE)[1:]
PROGRAMS: Final = dict(zip(_PARTS[::2], _PARTS[1::2], strict=True))
