"""Characters that are typed or pasted on the Sample pane: each is forced, whether or not the model expects it."""

from textual import events

from makemore_tui.panes.sample.steered import Steered

LONGEST_PASTE = 500


class Forcing(Steered):
    """Takes what is typed for text, unless it is a key and no character of the list."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Characters of the vocabulary, and the mark of the end, are typed; they are no keys of the shell."""
        vocabulary = self._vocabulary
        if vocabulary is None or character is None or len(character) != 1:
            return False
        return character in vocabulary or character == vocabulary.sentinel

    def on_key(self, event: events.Key) -> None:
        """Force a typed character; one that nothing knows is said to be unknown."""
        character = event.character
        if character is None or not event.is_printable:
            return
        # Letters are always text here, also those that are a key of the shell: `q` must not quit on a Greek list.
        typed = character.isalpha() or self.check_consume_key(event.key, character)
        if typed or event.key not in self.screen.active_bindings:
            event.stop()
            event.prevent_default()
            self._tell(lambda engine: engine.force(character))

    def on_paste(self, event: events.Paste) -> None:
        """Force the first line of what was pasted."""
        event.stop()
        text = event.text.lstrip("\n").partition("\n")[0].rstrip("\r")[:LONGEST_PASTE]
        self._tell(lambda engine: engine.force(text))
