"""The text of the help of the look inside."""

HELP = """\
A look inside the model of the Sample pane, for the text that stands there; where there is none yet, for the first item
of the list. **esc** goes back. The digits choose a view; one with a dash is what this model does not have.

**1 characters**: a model turns each character into a vector of numbers. The map shows them in two dimensions: the two
directions in which they differ most (PCA, Pearson 1901), or with **p** their first two numbers, as in the lectures. The
shares say how much of their variance is seen. The mark of start and end is put where these directions have it; they
are those of the characters alone. Characters of the text are marked.

**2 attention** (Transformer): row by row, how much a character takes from each before it and from itself; a row sums to
100%. ← → choose the head, ↑ ↓ the layer; **a** shows the heads of a layer side by side. In narrow cells `1h` is 100%.

**3 states** (RNN, GRU, LSTM): what is carried from character to character, and the gates that decide what is kept and
forgotten. A row is a unit, a column what it was after that character: orange above 0, blue below. They stand side by
side, each behind its name; ← → go from one to the next, **a** shows it alone, **o** puts units that vary most first.

**4 activations** (MLP, BatchNorm, WaveNet, bag of words, Transformer): what the hidden units give out. Of a WaveNet,
each node of a level is shown, the oldest characters first.

**5 mattered**: each character in turn is replaced by all others, as often as the list has them, and the predictions are
averaged: as if the model did not know that character (occlusion: Zeiler & Fergus 2014; Robnik-Šikonja & Kononenko 2008;
unlike them, the average leaves the actual character out). The number is the difference in log probability, in nats: +
made the prediction likelier. ← → go through the text, ↑ ↓ ask for another character. It works for every model, counts
too.

**6 parameters**: the numbers that were learnt, ↑ ↓ choose which. **w** shows the gradient of the loss instead, on 64
items of the train side that are always the same, without dropout; **h** shows a histogram. In narrow cells numbers are
in tenths, `++` is 0.95 or more.

**Back in time**: as on the Sample pane. F6 and F7, or ctrl with ← →, go through the steps that are kept, F8 back to the
present, F9 plays them. While a run learns, its newest checkpoint is shown as soon as it is written.

shift with an arrow moves the cursor of a heatmap, a click too; the last line says what it stands on.
"""
