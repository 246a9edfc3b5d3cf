"""What goes on inside a network while it learns, as in part 3 of the makemore lectures (Karpathy, 2022).

`measuring` takes a look during a training step, with torch; `looks` is what a look holds, as plain data that the store
keeps and screens draw; `findings` says in plain words what it means.
"""
