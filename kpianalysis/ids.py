"""Ids in bulk: millions of them are compared by their categories, never one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def places(ids: pd.Series, known: pd.Series) -> NDArray[np.intp]:
    """Find each id in a list of known ones.

    Parameters
    ----------
    ids : Series of id, text or category
        May be missing.
    known : Series of id
        Without repetition.

    Returns
    -------
    array of int, shape of `ids`
        Place in `known`; -1 where the id is missing or not known.

    Examples
    --------
    >>> places(pd.Series(["b", "x", None], dtype="category"), pd.Series(["a", "b"]))
    array([ 1, -1, -1])
    """
    coded = ids if isinstance(ids.dtype, pd.CategoricalDtype) else ids.astype("category")
    lookup = _index(known).get_indexer(_index(pd.Series(coded.cat.categories)))
    return np.append(lookup, -1)[coded.cat.codes]


def _index(ids: pd.Series) -> pd.Index:
    # One dtype on both sides, or every id would be looked up as a Python object.
    index: pd.Index = pd.Index(ids.astype("object"), dtype="object")
    return index
