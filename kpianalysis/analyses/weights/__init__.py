"""How results depend on the weights: totals under other weights, draws, exact ranges, items left out."""
