"""`python -m makemore_tui` is `makemore-tui`."""

from makemore_tui.cli import main

if __name__ == "__main__":
    main()
