"""Help in groups: options that name a panel stand under it, before those that name none."""

from typing import Any

from typer.core import TyperCommand


class GroupedCommand(TyperCommand):
    """A command with so many options that its help needs headings; `rich_help_panel` of an option is its heading."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The arguments, then each group in the order in which its first option is declared, then the rest."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        rest: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            panel = getattr(parameter, "rich_help_panel", None)
            if parameter.param_type_name == "argument":
                groups["Arguments"].append(record)
            elif panel is None:
                rest.append(record)
            else:
                groups.setdefault(panel, []).append(record)
        for title, records in (*groups.items(), ("Options", rest)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
