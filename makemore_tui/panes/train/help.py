"""What the help panel says of the Train pane."""

HELP = """
Trains a model of the makemore family in a process of its own: it goes on when you leave the app or the line drops.

**New run.** `n` opens a form: ↑ ↓ or tab go through the fields, enter chooses a word, ctrl+s starts from any field. A
*preset* fills all fields with the settings of a lecture or of makemore.py, whose numbers are known. The form opens with
the settings of the run that was started last; `●` marks what differs from the defaults, and ctrl+r goes back to them.

**Numbers.** Losses are in nats per character: the average surprise at the next one, as a natural logarithm; lower is
better. *train* and *dev* are measured on items that the model learns from and on items that it never sees; *gap* is
dev minus train, and grows when the model learns by heart. *best dev* is the lowest so far, and its checkpoint is kept.
*test* is measured once, at the end. *rate* is the learning rate, *gradient* the length of the gradient, *tokens/s* how
many characters it learns from in a second, *memory* what its process takes. `▲` warns as long as it is so: *stalled*
(no step for a while, though the process lives), *diverging* (the loss is far above its lowest), *overfitting* (dev has
risen since its best), *saturated* (a layer that lets little of the gradient pass).

**Charts.** Dots are the values of single batches, the line their running average: `[` and `]` average over fewer steps
or more. The dashed line is the loss of a uniform guess, ln V: whatever lies below it was learnt. An arrow at the top
says how far the start was cut off. The line of dev begins at the first look after the start. `m` goes through the
metrics, `p` picks one by name. Where there is room for several charts, `t` goes to the next one and `T` shows it alone.

← → or a click read the values at a step, on all charts, until `esc`; the value in brackets is that of the single batch.
`+` and `-` or the wheel zoom, shift with ← → or the wheel or dragging pan, `end` follows the latest steps, `0` shows
all. `x` and `y` turn the axes to log scales, `b` hides single batches.

**Diagnostics.** `d` looks inside the network, as part 3 of the lectures does; `d` or `esc` shows the charts again. ← →
go through the steps that were recorded, `home` to the first, `end` to the newest and along with it. The lines at the
top say in plain words what is amiss, and what the first loss should be: knowing nothing costs ln V.

*Activations* are what each layer gives out. Values should spread over the range without piling up at its ends: a tanh
beyond 0.97 is *saturated* and lets next to no gradient through, and a unit that is so for every character is *dead*.
*Gradients* are how the loss would change with each number; *grad:data* compares their deviation with that of the
numbers. *update:data* is how far one step moves them, as a power of ten: about 10^-3 is good, far above it the
learning rate is too high, far below it too low; the dashed line on the chart is that guide. ↑ ↓ choose a layer or a
parameter, `t` goes to the next part, `T` shows one curve alone.

**Several runs.** In the list of runs, `o` lays the run under the cursor over the one at hand, six runs at most, each in
a colour and with a mark that it keeps; `O` ends it.

**Sweeps.** Several values in a field of the form, as in *8, 16, 32*, make a run for each combination; they wait in a
queue, which goes on when you leave. `w` shows a sweep as a table: ← → or a click on a title sort it, `i` turns it
round, `space` lays a run over the others, `a` the first six, `enter` shows a run, `+` and `-` let more or fewer train
at once, `w` goes to the sweep before. In the list of runs, `Q` puts a run at the front of the queue.

**Samples.** Made with the same seeds each time, so that one sees them improve. A mark stands before an item that the
training list holds. `S` shows them through time: a row for each seed, a column for each step, ever further apart; ← →
go through all steps, `0` shows the whole time, `esc` the charts again. There `●` stands before what train holds, `○`
before what dev or test holds, and `+` before what is new.

**Runs.** `space` pauses a run and lets it go on; one that was stopped or died goes on from its last checkpoint. `r`
lists all runs; those that learnt from another list than the one that is open are marked.

**From one run to another.** `F` forks a run, here or in the list: the new one begins with the weights of a checkpoint
of it and goes on with what is changed in the form; what those weights mean stays. Its steps count on from there, its
time and tokens begin at 0. `Y` copies the settings of a run into the form of a new one, which learns from nothing on
the list that is open.
"""
