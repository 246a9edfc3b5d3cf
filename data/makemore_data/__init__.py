"""The lists that makemore-tui brings along, and the one that it can download."""

from makemore_data.lists import BuiltinList, ListNotFound, available_lists, builtin_lists, find_list

__all__ = ["BuiltinList", "ListNotFound", "available_lists", "builtin_lists", "find_list"]
