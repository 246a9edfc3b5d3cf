"""The least Textual app there can be: one line of text. `first_frame` starts it beside ours."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """A line that holds what the first frame of ours is known by."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("4 sample")


if __name__ == "__main__":
    BareApp().run()
