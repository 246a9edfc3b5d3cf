"""The vectors of the characters in two dimensions."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from makemore_core.models.base import LanguageModel

Points: TypeAlias = NDArray[np.float64]
Projection: TypeAlias = Literal["pca", "first two"]


@dataclass(frozen=True, eq=False)
class CharacterMap:
    """Where each character lies."""

    points: Points
    """(V, 2), in the order of the vocabulary."""
    size: int
    """How many numbers the vector of a character has."""
    projection: Projection
    explained: tuple[float, float]
    """For each of the two axes, the share of the vectors' variance that it shows, 0 to 1."""


def character_map(
    model: LanguageModel, projection: Projection = "pca", *, like: Points | None = None
) -> CharacterMap | None:
    """Where the characters lie; None where the family has no vectors for them.

    `first two` are the first two numbers of each vector, as in part 2 of the makemore lectures, whose vectors have no
    more. `pca` are the two directions in which the vectors of the characters differ most (Pearson, 1901). The sentinel
    is put where these directions have it, and has no say in them: it often lies so far from all characters that the
    first direction would be the one towards it. Nothing tells which way round a direction is to be shown: as in the map
    `like`, where there is one, so that what is nearly the same looks nearly the same.
    """
    table = model.character_vectors()
    if table is None:
        return None
    vectors = table.detach().cpu().double().numpy()  # (V, E)
    points, explained = principal(vectors, without=1) if projection == "pca" else _first_two(vectors)
    if projection == "pca" and like is not None and like.shape == points.shape:
        points = points * np.where((points * like).sum(0) < 0, -1.0, 1.0)
    return CharacterMap(points, vectors.shape[1], projection, explained)


def principal(vectors: Points, *, without: int = 0) -> tuple[Points, tuple[float, float]]:
    """The principal components of vectors (N, E): the first two of each (N, 2), and their shares of the variance.

    The largest number of a direction is positive. The first vectors, as many as `without`, are projected like the
    others but have no say in the directions, the centre and the shares.
    """
    fitted = vectors[without:]
    centre = fitted.mean(0)
    _, deviations, directions = np.linalg.svd(fitted - centre, full_matrices=False)  # (K,), (K, E)
    largest = np.take_along_axis(directions, np.abs(directions).argmax(1)[:, None], 1)[:, 0]
    points = (vectors - centre) @ directions.T * np.where(largest < 0, -1.0, 1.0)
    return _two(points), _shares(deviations**2)


def _first_two(vectors: Points) -> tuple[Points, tuple[float, float]]:
    return _two(vectors), _shares(vectors.var(0))


def _two(points: Points) -> Points:
    """The first two columns; zeros for one that there is not."""
    two = points[:, :2]
    return np.pad(two, ((0, 0), (0, 2 - two.shape[1])))


def _shares(variances: Points) -> tuple[float, float]:
    total = float(variances.sum())
    first, second = (float(share) for share in np.pad(variances, (0, 2))[:2])
    return (first / total, second / total) if total > 0 else (0.0, 0.0)
