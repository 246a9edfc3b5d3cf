"""How the forms of the Train pane look."""

FORM_CSS = """
SettingsForm {
    padding: 0 1;
    & > Fields { height: auto; max-width: 110; scrollbar-size-vertical: 1; }
    & .group { height: auto; }
    & .summary { color: $text-muted; margin-left: 2; width: 1fr; height: 1; }
    & .summary { text-overflow: ellipsis; text-wrap: nowrap; }
    & .head { height: 1; }
    & .head > .title { width: 17; color: $text-muted; }
    & .head:focus-within > .title { color: $foreground; text-style: bold; }
    & Choice:focus > SelectCurrent { background: $primary 35%; }
    & Choice.-expanded > Words { border: round $border !important; padding: 0; max-height: 14; }
    & .head > Choice { width: 22; }
    & .head > #preset { width: 25; }
    & #preset-title { display: none; height: 1; margin-left: 17; color: $text-muted; }
    & #foot { height: auto; margin-top: 1; }
    & #facts { height: 1; }
    & #fault { display: none; height: auto; max-height: 3; color: $error; }
    & #start-row { height: 1; }
    & #start-hint { margin-left: 2; width: 1fr; color: $text-muted; }
}
.-ascii SettingsForm Choice.-expanded > Words { border: ascii $border !important; }
"""
