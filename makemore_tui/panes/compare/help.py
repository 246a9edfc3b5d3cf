"""What the help says of the Compare pane."""

HELP = """\
Models beside each other: every run that has learnt something, and the families that count, which are fitted on train
of the list at hand as soon as the pane is shown.

- **Losses** are in nats per character, exact, of each run's best checkpoint. *train* is what it learnt from, *dev* what
  it was chosen by, *test* what nothing was chosen by. `*` marks the best of each column.
- **What it cost**: *tokens* are the characters that it learnt from, each as often as it was seen, and *time* is what
  was spent in training. Of a fork both begin at the fork; its *steps* count on from those of the first run.
- **Only the same is compared**: a loss says something of the items that it was measured on alone. Models of another
  list or split are in a table of their own, which `g` shows.
- **Differences** are measured against one row, the best on dev, or the one that `r` chose, on test (`d`: on dev). The
  interval is where 95% of the differences lie when the items are drawn again and again with replacement (bootstrap;
  the same items for both models). Where it holds 0, or there are fewer than ten items, others might turn the order.
- **Samples**: 1,000 of each model, always from the same seed. *unique*: the share of distinct ones; *novel*: the share
  of those that train does not hold; *nearest*: mean edits to the nearest item of train; *diverse*: mean distance
  between two samples; *lengths* and *3-grams*: how far they lie from those of held-out items (Wasserstein,
  Jensen-Shannon). The row *real items* has held-out items in their place: what a perfect model would have.
- **NLL by position**: the loss at the first character, the second, and so on. Models that see more of what came before
  gain behind the first characters. At first the four best on dev are drawn; `space` lays a model over the others, or
  takes it away, and `a` draws the first six rows. A model keeps its colour and mark, however the table is sorted.
- **All families** (`f`): trains every family at its defaults on this list, one after the other, whether the app is open
  or not. The rows fill as the runs end, and the title says what is under way and how far. `f` again shows how far each
  family is, and there `s` stops them all: everything that was trained is kept, and `f` goes on where it stopped. Where
  some are missing, `enter` trains those too. Those that go on are also on Train, under `w`.

What was measured is kept in the cache folder, so that it is there at once the next time.
"""
