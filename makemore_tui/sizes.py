"""Numbers of bytes in words."""

import math

_UNITS = ("kB", "MB", "GB", "TB")


def size_words(count: int) -> str:
    """To the byte, and from 1,000 bytes on also in a unit: "1.2 MB (1,234,567 bytes)"."""
    exact = "1 byte" if count == 1 else f"{count:,} bytes"
    if count < 1000:
        return exact
    power = min(len(_UNITS), int(math.log10(count)) // 3)
    if count / 1000**power >= 999.5:  # it would be rounded to a thousand
        power = min(len(_UNITS), power + 1)
    value = count / 1000**power
    return (
        f"{value:.1f} {_UNITS[power - 1]} ({exact})" if value < 9.95 else f"{value:,.0f} {_UNITS[power - 1]} ({exact})"
    )
