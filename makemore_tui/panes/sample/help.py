"""The text of the Sample pane's help."""

HELP = """\
A model gives each character of the vocabulary a probability of coming next. To draw one, these are laid end to end from
0 to 1, in the order of the vocabulary; a random number **u** falls into the interval of one of them.

**Next character** lists them, most probable first. The upper bar is the model's probability, the lower one that after
temperature, top-k and top-p; `cut` marks what these took away. `▶` is what u picks, and the interval is where on the
strip it would have to fall.

**Temperature** below 1 sharpens, above 1 flattens, 0 takes the most probable. **Top-k** keeps the k most probable,
**top-p** the most probable until they reach p together. What each leaves is shown at once: entropy, perplexity, and how
much of the model's probability was kept.

**Type a character to force it**, whether or not the model expects it: no random number is used. Forced characters are
underlined. `.` (or the mark that the list shows for the end) forces the end. Under each character stands its surprisal,
-log2 of the model's probability.

**Undo** takes the last step back and its u with it. What you leave stays as a **branch**, to go back to. One seed gives
all numbers in a row, so the same seed and keys give the same items, whether drawn one by one or many at once.

**Model** chooses counts of the list, of any order and smoothing, a run at its best or last checkpoint, or a uniform
guess, which shows what was learnt; the text so far stays. **Many** generates as many items as you say.

**Items** are marked `new`, or with the side of the data that holds them. NLL is in nats per character, the end counted,
by the model's own probabilities.
"""
