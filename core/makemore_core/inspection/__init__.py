"""A look inside a model that is at hand: what it makes of a text, and what its parameters hold.

Each module answers one question, by a function of a model and a text to plain numpy arrays:

- `embeddings`: where do the characters lie, in two dimensions?
- `attention`: which character looks at which?
- `activity`: what do the units of a network give out, and what does a recurrent one carry along?
- `occlusion`: which earlier characters mattered for a prediction?
- `parameters`: what are the numbers of a parameter, and how does the loss want them to change?

What a family does not have is answered by None. A text is given by its ids without sentinels; what comes back begins
with the sentinel that starts every item, so that place t is what the model had read when it predicted character t.
`diagnostics`, beside this package, looks on while a network learns, and keeps the figures.
"""
