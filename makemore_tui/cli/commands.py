"""Which commands there are, and which words stand for opening the app."""

COMMANDS = {
    "open": "open",
    "stats": "data",
    "bigram": "data",
    "train": "training",
    "sweep": "sweeping",
    "queue": "queueing",
    "presets": "presets",
    "types": "families",
    "resume": "training",
    "runs": "listing",
    "watch": "training",
    "pause": "steering",
    "stop": "steering",
    "steer": "steering",
    "extend": "steering",
    "fork": "forking",
    "rename": "keeping",
    "note": "keeping",
    "delete": "keeping",
    "diagnose": "diagnose",
    "inspect": "inspecting",
    "sample": "generation",
    "step": "generation",
    "score": "scoring",
    "eval": "evaluating",
    "compare": "comparing",
    "import": "exchange",
    "export": "exchange",
    "lists": "lists",
    "download": "lists",
}
"""Each command and the module beside this one that registers it."""

DEFAULT = "open"
GROUP_OPTIONS = {"--help", "--version", "--install-completion", "--show-completion"}


def with_default(arguments: list[str]) -> list[str]:
    """Put `open` in front where neither a command nor an option of the program itself comes first."""
    if arguments and (arguments[0] in COMMANDS or arguments[0].partition("=")[0] in GROUP_OPTIONS):
        return arguments
    return [DEFAULT, *arguments]


def plain_file(arguments: list[str]) -> tuple[str | None] | None:
    """The FILE of `makemore-tui` or `makemore-tui FILE`, in a tuple; None for every other command line."""
    if not arguments:
        return (None,)
    (first, *others) = arguments
    if others or first in COMMANDS or (first.startswith("-") and first != "-"):
        return None
    return (first,)
