"""Keys and mistakes of every question family, computed without any code of Gradus.

Each function takes a question's parameters, or where they do not say all the question as it is
printed, and returns `(parts, mistakes)`: the right answer of each part, and for each known mistake
the part and the value that it gives, or a list of such where several ways of making it are known.
Where a library computes the thing itself (PyTorch's gradients, optimisers, convolutions, losses and
counts of FLOPs, NumPy's broadcasting and einsum, SymPy's derivatives and equations, scikit-learn's
models and scores, NLTK's BLEU and edit distance), the library does; else the definition is spelled
out, in exact fractions or by trying all cases. A mistake that does not exist in a draw is left out
or None.
"""

from engine import (  # noqa: F401  each fills the table of families
    attention,
    backpropagation_graphs,
    backpropagation_layers,
    information,
    language_processing,
    logic,
    machine_learning_models,
    machine_learning_scores,
    mathematics,
    matrix_dimensions,
    pytorch_calls,
    pytorch_training,
    reinforcement_learning,
    scaling,
    softmax,
)
from engine.registry import families, symbols  # noqa: F401
