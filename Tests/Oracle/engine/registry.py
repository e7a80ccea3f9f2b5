"""What the topics share: the table of families and a few words of arithmetic."""

import math
from fractions import Fraction as Q

import sympy
import torch

torch.set_default_dtype(torch.float64)
families = {}


def family(name, whole=False):
    """Registers a family's function; with `whole` it takes all that is printed of a question."""

    def register(function):
        families[name] = function if whole else lambda question: function(question["parameters"])
        return function

    return register


def product(numbers):
    return math.prod(numbers)


def fractions(rows):
    return [fractions(r) if isinstance(r, list) else Q(r) for r in rows]


def softmax(z, dim=-1):
    return torch.softmax(torch.tensor(z, dtype=torch.float64), dim).tolist()


def grad(function, *inputs):
    """Gradients of a scalar function with respect to its inputs, by autograd."""
    tensors = [torch.tensor(i, dtype=torch.float64, requires_grad=True) for i in inputs]
    function(*tensors).backward()
    return [t.grad for t in tensors]


def symbols(names):
    return {n: sympy.Symbol(n) for n in names.split()}


def tensor(numbers, **more):
    return torch.tensor(numbers, dtype=torch.float64, **more)


def judged(statements, holds, misread):
    """The part `true` of a question about statements: those that hold; and what a misreading, the
    statements that it takes for true, or taking all for true would add."""
    right = [s for s in statements if holds(s)]
    mistakes = {name: ("true", [s for s in statements if s in right or s in extra])
                for name, extra in misread.items()}
    return {"true": right}, mistakes | {"all-true": ("true", statements)}
