"""Models from and for other programs.

| file | what it is for |
|---|---|
| `layouts` | how makemore.py names and arranges the weights of its six types, and how ours correspond |
| `makemore_py` | reading and writing the files of weights that makemore.py saves |
| `import_run` | a run folder from such a file |
"""
