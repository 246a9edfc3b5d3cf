"""Character-level language models of the makemore family: data, models, sampling, training, runs.

The library is useful without a screen. Importing this package imports neither torch nor numpy; the modules
that need them import them.
"""
