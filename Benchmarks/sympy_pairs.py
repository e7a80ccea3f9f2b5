"""How many pairs a second SymPy reads and decides by simplify(a - b) == 0, ten seconds at most each.

    sympy_pairs.py FILE COUNT
"""

import signal
import sys
import time

import sympy

SYMBOLS = {name: sympy.Symbol(name, real=True) for name in "xywu"}
FUNCTIONS = {
    "ln": sympy.log,
    "abs": sympy.Abs,
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "relu": lambda x: sympy.Max(x, 0),
}


def stop(*_):
    raise TimeoutError


def read(text):
    return sympy.sympify(text.replace("^", "**"), locals=SYMBOLS | FUNCTIONS, rational=True)


signal.signal(signal.SIGALRM, stop)
rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")][1:]
rows = rows[:: max(1, len(rows) // int(sys.argv[2]))]
start, right, late = time.perf_counter(), 0, 0
for one, other, verdict in rows:
    signal.setitimer(signal.ITIMER_REAL, 10)
    try:
        right += (sympy.simplify(read(one) - read(other)) == 0) == (verdict == "equal")
    except TimeoutError:
        late += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
took = time.perf_counter() - start
print(f"SymPy {sympy.__version__}: {len(rows)} pairs in {took:.1f} s, {len(rows) / took:.2f} a second, "
      f"{right} right, {late} given up after ten seconds")
