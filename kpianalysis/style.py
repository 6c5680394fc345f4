"""How charts look: one set of colours and fonts, used where a chart is drawn and where it is rendered."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from importlib import resources
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

if TYPE_CHECKING:
    from matplotlib.axes import Axes

P = ParamSpec("P")
T = TypeVar("T")

INK, GREY, LIGHT = "#1f2933", "#7b8794", "#d9e2ec"
MAIN, GOOD, BAD = "#1f5f8b", "#2f7d5b", "#b4532a"
WIDTH = 8.6


@cache
def settings() -> Any:
    """Matplotlib settings of every chart: a font that has Chinese as well as Latin, quiet axes."""
    # Any: matplotlib types its settings key by key, and no dict literal fits that.
    return {
        "font.family": ["DejaVu Sans", _chinese_family()],
        "font.size": 9.5,
        "axes.titlesize": 11.5,
        "axes.titlelocation": "left",
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": INK,
        "ytick.color": INK,
        "text.color": INK,
        "text.parse_math": False,  # two dollar signs in a name are two dollar signs
        "svg.fonttype": "path",
        "svg.hashsalt": "kpianalysis",
        "svg.image_inline": True,
        "figure.dpi": 100,
        "savefig.dpi": 150,
    }


@cache
def _chinese_family() -> str:
    """Make the font of the package pylopdf-fonts-zh-cn known to matplotlib, and name it."""
    from matplotlib import font_manager

    folder = resources.files("pylopdf_fonts_zh_cn")
    with resources.as_file(folder.joinpath("NotoSansSC-Regular.otf")) as file:
        font_manager.fontManager.addfont(str(file))
        return font_manager.FontProperties(fname=str(file)).get_name()


def styled(plot: Callable[P, T]) -> Callable[P, T]:
    """Let a function draw with our settings, and leave everybody else's as they were."""

    @wraps(plot)
    def with_style(*args: P.args, **kwargs: P.kwargs) -> T:
        import matplotlib as mpl

        with mpl.rc_context(settings()):
            return plot(*args, **kwargs)

    return with_style


def new_axes(ax: Axes | None, height: float) -> Axes:
    """Return `ax`, or the axes of a new figure of that height in inches."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(WIDTH, height), layout="constrained")[1]


def set_title(ax: Axes, text: str, most: int = 66) -> None:
    """Set a title that states the finding, in lines of `most` characters: fewer where wide labels narrow the axes."""
    ax.set_title("\n".join(wrap(text, most)))


def legend_below(ax: Axes, columns: int, side: Literal["left", "right"] = "left") -> None:
    """Set the legend under the axis label, where no bar or dot can be; none where nothing has a label."""
    from matplotlib.transforms import ScaledTranslation

    if not ax.get_legend_handles_labels()[0]:
        return
    below = ax.transAxes + ScaledTranslation(0, -0.5, ax.figure.dpi_scale_trans)
    corner = (0, 0) if side == "left" else (1, 0)
    where: Literal["upper left", "upper right"] = "upper left" if side == "left" else "upper right"
    ax.legend(frameon=False, ncols=columns, borderaxespad=0, loc=where, bbox_to_anchor=corner, bbox_transform=below)


def shorten(text: str, most: int = 38) -> str:
    """Shorten a long name for an axis, with a sign that it was.

    Examples
    --------
    >>> shorten("a very long name indeed", most=12)
    'a very long…'
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
