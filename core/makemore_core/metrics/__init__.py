"""How good a model is, and how good what it generates: each metric in a file of its own.

| file | what it is for |
|---|---|
| `report` | everything about one model: `evaluate_source` |
| `losses` | exact losses on train, dev and test |
| `scoring`, `scores` | what a model says of each character of some items: one pass, on which the next ones are built |
| `details` | all that follows from the scores of one side |
| `by_position`, `by_length`, `hardest`, `grouping` | where in an item, and on which items, the loss is high |
| `confusion`, `calibration` | the first choice: which character it is taken for, and how sure the model was |
| `leak` | held-out items that also stand in train, against those that do not |
| `intervals` | how far a loss, or the difference of two, would vary with other items: the bootstrap |
| `sampling` | many items drawn from the model |
| `yardstick` | the real held-out items that samples are compared with, and those that are measured beside them |
| `sample_metrics` | everything about a set of samples, or of real items in their place |
| `texts` | a set of items as a stream of ids |
| `membership` | share unique, novelty, shares in train, dev and test |
| `nearest`, `diversity`, `edits` | Levenshtein distances to the data, and among the samples |
| `sample_lengths`, `ngrams` | how far lengths and n-grams lie from those of held-out items |
| `definitions` | what each metric means, in plain words, and where it comes from |
| `progress`, `part` | how far an evaluation is; what its parts have in common |

All but `scoring`, `losses`, `sampling` and `report` are numpy alone. Losses are in nats, averages over characters with
the end of each item counted.
"""
