"""Models beside each other: rows of losses, costs and samples, best marked, with differences and their intervals.

| file | what it is for |
|---|---|
| `rows` | a row, what it must share with others to be compared, the columns |
| `ranking` | rows that can be compared, in the order of a column; the best of each column |
| `subjects` | what there is to compare: runs, and models that count a list on the spot |
| `measuring` | the losses and samples of one of them; imports torch |
| `cache` | what was measured, kept from one time to the next |
| `differences` | a row against another, with an interval |
| `ladder` | every family at its defaults on one list, trained by the queue |
| `exports` | rows as Markdown, CSV and JSON |
"""
