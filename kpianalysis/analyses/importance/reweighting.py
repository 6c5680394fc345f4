"""Importance as a function of the weights, and the weights that bring it closest to given shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpianalysis.analyses.importance.importance import applied_weights, effective_weights, item_shares
from kpianalysis.analyses.importance.share_weights import nearest_shares, weights_of_shares
from kpianalysis.analyses.weights.weight_model import WeightModel, weight_model
from kpianalysis.errors import KpiError
from kpianalysis.scoring import Scorecard
from kpianalysis.scoring.inputs import Floats, Mask, divide
from kpianalysis.scoring.totals import TIE

LEVELS, MEASURES = ("indicator", "dimension"), ("effective_weight", "correlation")
# A weight of 0 is reckoned as one next to nothing: whoever has nothing else keeps a total.
_NEXT_TO_NOTHING = 1e-12
# Steps of a search, and the gap below which another one is not worth it.
_STEPS, _NO_GAP = 100, 1e-13
# A share is reached when it is no further off than this; anything else is the closest there is.
REACHED = 1e-9


@dataclass(frozen=True)
class Reweighting:
    """The items whose weights may change, and what other weights would give them.

    Attributes
    ----------
    names : list of str
        m items in the scheme's order.
    weight : array of float, shape (m,)
        Nominal, summing to 1.
    varies : array of bool, shape (m,)
        Whether its scores differ; only then its weight matters.
    standard : array of float, shape (n, m)
        Scores from their mean, each item's squares summing to 1; 0 where missing.
    place : array of int, shape (indicators,)
        The item each indicator of the model belongs to.
    model : WeightModel
    level, measure : str
        See `weights_for_importance`.
    """

    names: list[str]
    weight: Floats
    varies: Mask
    standard: Floats
    place: np.ndarray
    model: WeightModel
    level: str
    measure: str

    def weigh(self, weight: Floats) -> tuple[Floats, Floats, Floats]:
        """Weigh again.

        Parameters
        ----------
        weight : array of float, shape (m,)
            In proportion; each subject's own weights are multiplied by its ratio to the nominal one.

        Returns
        -------
        share, score : array of float, shape (n, m)
            Of each item in the subject's total; their products sum to it.
        total : array of float, shape (n,)
            Before bonus and veto.
        """
        _names, share, score = item_shares(self.model, self.level, self._applied(weight))
        score = np.nan_to_num(score)
        return share, score, (share * score).sum(axis=1)

    def shares(self, weight: Floats) -> Floats:
        """Share of importance of each item under a set of weights, shape (m,); missing where totals do not differ."""
        if not self.varies.any():
            return np.full(len(weight), np.nan)
        share, score, total = self.weigh(weight)
        deviation = total - total.mean()
        if self.measure == "correlation":
            importance = self.standard.T @ deviation
        else:
            importance = (share * (score - total.mean())).T @ deviation
        # Where the items cancel each other out, what is left is rounding, and a negative sum has no shares.
        whole = importance.sum()
        return importance / whole if whole > TIE * np.abs(importance).sum() else np.full(len(weight), np.nan)

    def closest(self, targets: Floats) -> Floats:
        """Find the non-negative weights with the least sum of squared gaps between shares and targets.

        An item that never varies keeps its weight.
        """
        if not self.varies.any():
            return self.weight
        toward = self._toward_correlations if self.measure == "correlation" else self._toward_effective_weights
        found = [toward(targets, self.weight)]
        if self._gap(found[0], targets) > REACHED**2:
            # Missing scores may bend the way to another end of it; all the weight on one item is an end too.
            free = int(self.varies.sum())
            found += [toward(targets, self._filled(np.ones(free))), *map(self._filled, np.eye(free))]
        best = min(found, key=lambda weight: self._gap(weight, targets))
        return np.where(self.varies, np.maximum(best, _NEXT_TO_NOTHING), best)

    def _applied(self, weight: Floats) -> Floats:
        model = self.model
        change = np.nan_to_num(divide(np.maximum(weight, _NEXT_TO_NOTHING), self.weight))
        by = np.ones(len(model.dimensions))
        if self.level == "dimension":
            by[model.dimension_of] = change[self.place]
            return applied_weights(model, None, by)
        sums, stated = (self._by_dimension(values) for values in (change * self.weight, self.weight))
        return applied_weights(model, change, np.nan_to_num(divide(sums, stated)))

    def _by_dimension(self, weight: Floats) -> Floats:
        return np.bincount(self.model.dimension_of, weight, minlength=len(self.model.dimensions)).astype(float)

    def _slopes(self, weight: Floats) -> Floats:
        """Change of each total by each weight, shape (n, m)."""
        share, score, total = self.weigh(weight)
        weight = np.maximum(weight, _NEXT_TO_NOTHING)
        if self.level == "dimension":
            return np.asarray(share / weight * (score - total[:, None]))
        # A weight moves its dimension's score toward its own, and the total toward its dimension's score.
        of = self.model.dimension_of.astype(np.intp)
        belongs = np.equal.outer(of, np.arange(len(self.model.dimensions))).astype(float)
        whole = share @ belongs
        mean = np.nan_to_num(divide((share * score) @ belongs, whole))
        toward = whole / np.maximum(self._by_dimension(weight), _NEXT_TO_NOTHING) * (mean - total[:, None])
        return np.asarray(share / weight * (score - mean[:, of]) + toward[:, of])

    def _gap(self, weight: Floats, targets: Floats) -> float:
        gap = float(((self.shares(weight) - targets) ** 2).sum())
        return np.inf if np.isnan(gap) else gap

    def _filled(self, proportions: Floats) -> Floats:
        """Weights of all items, those that may move in these proportions."""
        weight = self.weight.copy()
        weight[self.varies] = proportions * self.weight[self.varies].sum() / proportions.sum()
        return weight

    def _toward_correlations(self, targets: Floats, weight: Floats) -> Floats:
        """Take Gauss-Newton steps while they come nearer.

        What decides about shares, the sums of products of scores with totals, is linear in the weights but for the
        redistribution of missing scores: without any the first step arrives.
        """
        free, gap = self.varies, self._gap(weight, targets)
        for _step in range(_STEPS):
            total = self.weigh(weight)[2]
            # As seen from here, for weights that sum to 1; those that are kept ride along.
            here = self.standard.T @ (total - total.mean())
            linear = here[:, None] + self.standard.T @ self._slopes(weight)
            ahead = linear[:, free] * weight[free].sum() + (linear[:, ~free] @ weight[~free])[:, None]
            aim = self._filled(nearest_shares(ahead, targets))
            if np.isnan(aim).any():
                break
            steps = (weight + 0.5**halvings * (aim - weight) for halvings in range(12))
            better = next((step for step in steps if self._gap(step, targets) < gap), None)
            if better is None:
                break
            weight, gap = better, self._gap(better, targets)
        return weight

    def _toward_effective_weights(self, targets: Floats, weight: Floats) -> Floats:
        """Solve with the parts as they are, weigh them again, and so on; then by least squares what is left.

        Parts follow the weights but for the redistribution of missing scores: without any, once is enough.
        """
        free = self.varies
        best, before, least = weight, np.inf, np.inf
        for _step in range(_STEPS):
            share, score, total = self.weigh(weight)
            shares = self.shares(weight)
            # What items that never vary cannot have goes to the others alike: that leaves the least squared gaps.
            wanted = targets[free] + (1 - targets[free].sum() - shares[~free].sum()) / free.sum()
            off = float(np.abs(shares[free] - wanted).max())
            if off < least:
                best, before, least = weight, least, off
            if not _NO_GAP < off < 0.9 * before:
                break
            parts = (share * (score - total.mean()))[:, free] / np.maximum(weight[free], _NEXT_TO_NOTHING)
            found = weights_of_shares(np.cov(parts.T, ddof=0).reshape(free.sum(), -1), np.maximum(wanted, 0.0))
            if np.isnan(found).any():
                break
            weight = self._filled(found)
        return best if least <= _NO_GAP else self._by_least_squares(targets, best)

    def _by_least_squares(self, targets: Floats, weight: Floats) -> Floats:
        from scipy.optimize import least_squares

        def gaps(logarithms: Floats) -> Floats:
            off = self.shares(self._filled(np.exp(logarithms - logarithms.max()))) - targets
            return np.nan_to_num(off, nan=1.0)

        # From next to nothing no step leads back.
        start = np.log(np.maximum(weight[self.varies], 1e-4))
        found = least_squares(gaps, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=_STEPS)
        return self._filled(np.exp(found.x - found.x.max()))


def reweighting_of(card: Scorecard, level: str, measure: str) -> Reweighting:
    """Take from a scorecard what is needed to see importance under other weights.

    Raises
    ------
    KpiError
        If there is no such level or measure.
    """
    for what, value, known in (("level", level, LEVELS), ("measure", measure, MEASURES)):
        if value not in known:
            raise KpiError(f"{what}: {value!r} is not one. Use {known[0]!r} or {known[1]!r}.")
    model = weight_model(card)
    names, _share, scores = item_shares(model, level, applied_weights(model))
    nominal = effective_weights(card, level).astype({"item_id": "str"}).set_index("item_id")["weight"]
    weight = nominal.reindex(names).to_numpy(dtype=float)
    there = ~np.isnan(scores)
    count = np.maximum(there.sum(axis=0), 1)
    centred = np.where(there, scores - np.where(there, scores, 0.0).sum(axis=0) / count, 0.0)
    length = np.sqrt((centred**2).sum(axis=0))
    # What is left of equal scores is rounding.
    varies = length > TIE * np.sqrt(count)
    standard = np.divide(centred, length, out=np.zeros_like(centred), where=varies)
    of = model.dimension_of.astype(np.intp)
    place = np.arange(len(names)) if level == "indicator" else np.unique(of, return_inverse=True)[1]
    return Reweighting(
        names, weight / max(weight.sum(), _NEXT_TO_NOTHING), varies, standard, place, model, level, measure
    )
