"""Items in a row and in bins, against what the words say: each whole, none beside another's eyes."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from makemore_core.models.bins import Bins, mask

LENGTHS = st.lists(st.integers(0, 20), min_size=1, max_size=40).filter(any)


def places_of(lengths: list[int], time: int) -> Tensor:
    """All places (N,) of items of these lengths in a batch (B, T)."""
    return (torch.arange(time) < torch.tensor(lengths)[:, None]).flatten().nonzero()[:, 0]


def laid(lengths: list[int]) -> Bins:
    time = max(lengths)
    return Bins.up_to(places_of(lengths, time), time)


@given(LENGTHS)
def test_the_row_has_all_characters_in_their_order(lengths: list[int]) -> None:
    bins, time = laid(lengths), max(lengths)
    assert bins.places[: bins.count].tolist() == places_of(lengths, time).tolist()
    assert bins.times[: bins.count].tolist() == [t for length in lengths for t in range(length)]
    assert len(bins.places) % 8 == 0
    assert len(bins.places) - bins.count < 8
    assert not bins.places[bins.count :].any()


@given(LENGTHS)
def test_each_item_lies_in_one_bin_whole(lengths: list[int]) -> None:
    bins = laid(lengths)
    cells = bins.cells[: bins.count].tolist()
    assert len(set(cells)) == bins.count
    for length in filter(None, lengths):
        own, cells = cells[:length], cells[length:]
        assert own == list(range(own[0], own[0] + length))
        assert own[0] // bins.length == own[-1] // bins.length


@given(LENGTHS)
def test_few_cells_are_left_empty(lengths: list[int]) -> None:
    """Of two bins that are no more than half full, the second would have gone into the first."""
    bins = laid(lengths)
    assert sum(2 * fill <= bins.length for fill in fills(bins)) <= 1


def test_the_best_fit_is_taken() -> None:
    """In bins of 8 the 3 fits beside the 4 and beside the 5, which it fills."""
    assert fills(laid([4, 5, 3, 8])) == [8, 8, 4]


def fills(bins: Bins) -> list[int]:
    """How many cells of each bin are taken."""
    taken = (torch.from_numpy(bins.cells[: bins.count]) // bins.length).bincount(minlength=bins.number)
    return [int(number) for number in taken]


@given(LENGTHS, st.integers(1, 3))
def test_a_character_sees_its_own_item_up_to_itself(lengths: list[int], heads: int) -> None:
    bins = laid(lengths)
    sees = mask(bins.seen(heads), bins.length, bins.time, torch.float64) == 0
    assert sees.shape == (heads * bins.number, bins.length, bins.length)
    expected = torch.eye(bins.length, dtype=torch.bool).repeat(bins.number, 1, 1)  # an empty cell sees itself
    for cell, time in zip(bins.cells[: bins.count].tolist(), bins.times.tolist(), strict=False):
        number, place = divmod(cell, bins.length)
        expected[number, place, place - time : place + 1] = True
    assert sees.equal(expected.repeat(heads, 1, 1))


@given(LENGTHS, st.integers(1, 4))
def test_what_goes_into_the_bins_comes_back(lengths: list[int], kinds: int) -> None:
    bins = laid(lengths)
    (ways,) = bins.ways(kinds)
    row = torch.arange(len(bins.places) * kinds).view(-1, kinds)
    inside = row.flatten()[ways.into].view(kinds, -1)
    assert inside[:, bins.cells[: bins.count]].T.equal(row[: bins.count])
    assert inside.flatten()[ways.back].view(-1, kinds)[: bins.count].equal(row[: bins.count])


@given(st.data(), LENGTHS)
def test_what_is_asked_for_is_found_among_all_that_it_depends_on(data: st.DataObject, lengths: list[int]) -> None:
    time = max(lengths)
    everything = places_of(lengths, time).tolist()
    asked = sorted(data.draw(st.sets(st.sampled_from(everything), min_size=1)))
    bins = Bins.up_to(torch.tensor(asked), time)
    needed = sorted({before for place in asked for before in range(place - place % time, place + 1)})
    assert bins.places[: bins.count].tolist() == needed
    rows = range(bins.count) if bins.asked is None else bins.asked.tolist()
    assert [needed[row] for row in rows] == asked
