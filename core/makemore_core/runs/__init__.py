"""The run folder: settings, the store of metrics and commands, checkpoints.

| file | what it is for |
|---|---|
| `folder` | where runs live; creating and finding them |
| `listing` | the table of all runs |
| `sorting` | the order of any column of that table |
| `paths` | the files of one run |
| `schema` | the tables of `run.db`, and how a connection to it is opened |
| `store` | what the training process writes |
| `view` | following a run: `snapshot`s for screens, refreshed from new rows only |
| `queued` | the marks of a run that waits for its turn, and of one that is part of a sweep |
| `status` | where a run stands |
| `commands` | what a screen asks of the training process |
| `extending` | another number of steps, while the run goes on or afterwards |
| `forking` | a new run from another's checkpoint |
| `naming`, `notes`, `deleting` | what a person does with a run as a whole |
| `holding` | keeping every process away from a run meanwhile |
| `checkpoints` | weights and the rest of the training state, as safetensors |
| `liveness` | whether the process that trains a run still lives |

Nothing here imports torch.
"""
