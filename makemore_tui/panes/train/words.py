"""Numbers in words: times, speeds, losses, learning rates."""

import math


def clock(seconds: float | None) -> str:
    """A span of time as 0:17, 12:05 or 3:00:00; a dash where it is not known."""
    if seconds is None or not math.isfinite(seconds):
        return "-"
    whole = round(seconds)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def loss(value: float | None) -> str:
    """A loss with four decimals; a dash where there is none, `NaN` where it is not a number."""
    if value is None:
        return "-"
    return f"{value:.4f}" if math.isfinite(value) else "NaN" if math.isnan(value) else "inf"


def short(value: float | None) -> str:
    """A number with three digits, for learning rates and norms."""
    if value is None:
        return "-"
    return f"{value:.3g}" if math.isfinite(value) else "NaN" if math.isnan(value) else "inf"


def speed(value: float) -> str:
    """Steps per second: two digits below ten, whole numbers above."""
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def shortened(value: float) -> str:
    """A speed of any size in six characters at most: 12,345, then 183k, 1.25M."""
    if value < 99_950:
        return speed(value)
    factor, unit = next(((f, u) for f, u in ((1e3, "k"), (1e6, "M")) if value < 999.5 * f), (1e9, "G"))
    return f"{value / factor:.3g}{unit}"


def memory(count: int) -> str:
    """Bytes as 212 MB or 1.3 GB."""
    return f"{count / 1e6:,.0f} MB" if count < 999.5e6 else f"{count / 1e9:,.1f} GB"


def many(value: int | None) -> str:
    """A count with thousands set apart, or shortened beyond a million million."""
    if value is None:
        return "-"
    return f"{value:,}" if value < 10**12 else f"{value:.3g}"
