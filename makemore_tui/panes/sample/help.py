"""The text of the Sample pane's help."""

HELP = """\
A model gives each character of the vocabulary a probability of coming next. To draw one, these are laid end to end from
0 to 1, in the order of the vocabulary; a random number **u** falls into the interval of one of them.

**Next character** lists them, most probable first. The upper bar is the model's probability, the lower one that after
temperature, top-k and top-p; `cut` marks what these took away. `▶` is what u picks, and the interval is where on the
strip it would have to fall.

**Temperature** (T) below 1 sharpens, above 1 flattens, 0 takes the most probable. **Top-k** keeps the k most probable,
**top-p** the most probable until they reach p together. **Ctrl+f** has all controls: min-p, which keeps what has at
least a share of the most probable; a penalty for what the text holds already; a prompt; characters that are never
drawn; a least and a largest length; new items alone. What each leaves is shown at once: entropy (H), perplexity (ppl),
and how much of the model's probability was kept. **Why this one** says in words what each took away, and where u falls.

**Nats** are the unit of everything: surprisal is -ln of the model's probability, and stands under each character of the
text; entropy is the surprisal to be expected, perplexity e to that power: as many equally likely characters. One nat is
1.44 bits.

**Type a character to force it**, whether or not the model expects it: no random number is used. Forced characters are
underlined. `.` (or the mark that the list shows for the end) forces the end. Where digits and `?` are characters of the
list they are typed too: there F1 to F5 lead to the panes, and F10 to this help.

**Beside** (ctrl+a) puts further models beside the first: any run at any step, counts, a uniform guess. All read the
same text: the first one draws, by its u, and every character that is drawn or forced holds for all, as does undo. For
each there is what it expects, its first choice, and **KL(1||n)**, the divergence of model n from the first in nats: how
much more, on average, the next character costs if one expects n where the first one holds. It is 0 where they agree,
infinite where n holds impossible what the first does not, and is about the models themselves, before T, top-k and the
like. A character that a model does not know is impossible for it.

**Undo** takes the last step back and its u with it. What you leave stays as a **branch**, to go back to: ctrl+b lists
them, shift with ↑ ↓ goes from one to the next. They stay when the model is exchanged for one of the same list. Ctrl+y
copies the tree, or saves it as text or JSON. **New u** leaves a number out. One seed gives all numbers in a row, so the
same seed and keys give the same items, whether drawn one by one or up to 100 at once.

**Model** chooses counts of the list, of any order and smoothing, a run at its best or last checkpoint, or a uniform
guess, which shows what was learnt; the text so far stays. A run that you select on the Train pane is taken by itself,
until you choose another model here.

**Many** (ctrl+g) generates as many items as you say that are as you want them: of a length, with a beginning, with some
characters in them, new, or so far from the data: the novelty, which is how many characters must be put, taken out or
exchanged to make it the nearest item there. Ctrl+b there looks for the most probable items instead, by beam search, and
says how many of them are so for certain. Sort them by any column, mark favourites, copy or save them, or walk through
one. Up to 100 items without a filter are those that one gets by drawing one by one; more are drawn side by side.
**Score** (ctrl+w) takes any word and shows what each of its characters costs under each model that is open, and what in
the data is near it; a character that a model has never seen is impossible.

**Inside** (ctrl+t) looks into the model with this text: where the characters lie, attention, states and gates,
activations, which characters mattered for the prediction, and every parameter. Esc comes back.

**Back in time**: of a run, weights are kept at steps ever further apart. F6 and F7, or ctrl with ← →, go through them,
F8 goes back to the present, F9 plays them, a click on the slider chooses. The text stays: watch its probabilities
change while the model learns. The Bigrams pane goes along, and so do the runs beside the first, each to the nearest
step that it keeps; one that was put there at a step of its own stays, and so does another checkpoint of the same run:
then and now, side by side.

**Items** stand under the model that made them, marked `new`, or with the side of its data that holds them. NLL is the
mean surprisal of a character, the end counted, by the model's own probabilities.
"""
