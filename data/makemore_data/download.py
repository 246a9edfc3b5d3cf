"""Fetching the canonical names of the makemore project into the user's cache folder.

The file is written under a temporary name, checked against its SHA-256 and then renamed, so that the cache holds
the whole list or nothing.
"""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

BASE_URL = "https://raw.githubusercontent.com/karpathy/makemore/master/"
FILE_NAME = "names.txt"
SHA256 = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"
EXPECTED_BYTES = 228_145

URL_VARIABLE = "MAKEMORE_DOWNLOAD_URL"
"""Environment variable: a folder on another server (a mirror) to fetch from."""

CACHE_VARIABLE = "MAKEMORE_CACHE"
"""Environment variable: the folder to keep downloads in."""

TIMEOUT_SECONDS = 30
"""How long the server may stay silent, when connecting and between two blocks."""


class DownloadError(Exception):
    """The list could not be fetched or kept. The text is one line that says why and what to do."""


@dataclass(frozen=True)
class Download:
    """What `download_names` did."""

    path: Path
    """The list in the cache."""

    fetched: bool
    """False if an intact copy was there before."""


def cache_folder() -> Path:
    """Returns the folder of downloads: `MAKEMORE_CACHE`, or the user's cache folder for this app."""
    override = os.environ.get(CACHE_VARIABLE)
    if override:
        return Path(override).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("makemore-tui", appauthor=False)


def cached_names(folder: Path | None = None) -> Path | None:
    """Returns the path of the canonical list in `folder` (the cache by default), or None without an intact copy."""
    path = (cache_folder() if folder is None else folder) / FILE_NAME
    try:
        intact = hashlib.sha256(path.read_bytes()).hexdigest() == SHA256
    except OSError:
        return None
    return path if intact else None


def download_names(
    base_url: str | None = None, folder: Path | None = None, *, timeout: float = TIMEOUT_SECONDS
) -> Download:
    """Fetches the canonical names unless an intact copy is in the cache already.

    A progress bar is drawn on standard error where that is a terminal.

    Args:
        base_url: the folder on the server that holds `names.txt`; `MAKEMORE_DOWNLOAD_URL` or the project's own
            repository if None.
        folder: where to keep the list; `cache_folder()` if None.
        timeout: seconds that the server may stay silent.

    Raises:
        DownloadError: if the list cannot be fetched or kept; what was fetched of it is gone from the cache then.
    """
    import pooch

    base = base_url or os.environ.get(URL_VARIABLE) or BASE_URL
    url = base.rstrip("/") + "/" + FILE_NAME
    folder = cache_folder() if folder is None else folder
    fetched = False

    def transfer(address: str, output: str, _owner: object) -> None:
        nonlocal fetched
        _transfer(address, Path(output), timeout)
        fetched = True

    pooch.get_logger().setLevel(logging.ERROR)  # it would announce each download on standard error
    try:
        path = pooch.retrieve(url, known_hash=SHA256, fname=FILE_NAME, path=folder, downloader=transfer)
    except ValueError as error:  # what pooch raises for a checksum that differs
        raise DownloadError(
            f"{url} is not the canonical list: its checksum differs, so nothing was kept. Try again, or see what that"
            " address serves"
        ) from error
    except OSError as error:
        raise DownloadError(
            f"Cannot keep a download in {folder}: {_system_reason(error)}. Set {CACHE_VARIABLE} to a folder that can be"
            " written to"
        ) from error
    return Download(Path(path), fetched)


def _system_reason(error: OSError) -> str:
    """What the system said; pooch wraps its refusal in an error that carries a paragraph instead."""
    first = error.__cause__ if error.strerror is None and isinstance(error.__cause__, OSError) else error
    return (first.strerror or str(first)).lower()


def _transfer(url: str, output: Path, timeout: float) -> None:
    """Writes what `url` serves to `output`; a DownloadError says why it could not."""
    import pooch
    import requests
    from tqdm import tqdm

    # tqdm closes the bar's line before an error is printed, and draws nothing where standard error is no terminal.
    # pooch shows a bar only if it is true, and one of unknown size is not; the server tells the size that counts.
    with tqdm(total=EXPECTED_BYTES, desc=FILE_NAME, unit="B", unit_scale=True, disable=None) as bar:
        # Plain bytes: the length that the server announces is then the length that the bar counts to.
        fetch = pooch.HTTPDownloader(progressbar=bar, timeout=timeout, headers={"Accept-Encoding": "identity"})
        try:
            fetch(url, str(output), None)
        except (requests.RequestException, ValueError) as error:
            raise DownloadError(_reason(url, error, begun=output.stat().st_size > 0)) from error


def _reason(url: str, error: Exception, *, begun: bool) -> str:
    """The one line for a failed transfer; `begun` if some of the list had arrived."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        status = f"{error.response.status_code} {error.response.reason or ''}".strip()
        return f"{url}: the server answered {status}. Try again later, or set {URL_VARIABLE} to a mirror"
    if begun or isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"The transfer from {url} broke off; nothing was kept. Try again"
    if isinstance(error, requests.exceptions.SSLError):
        return f"{url}: the server's certificate is not accepted. Check this machine's clock and certificates"
    if isinstance(error, requests.Timeout):
        return f"{url}: the server does not answer. Try again later"
    if isinstance(error, requests.ConnectionError):
        return f"Cannot connect to {url}. Check the network and the proxy settings, and try again"
    return f"Cannot fetch {url}: not an address that can be fetched from. Check {URL_VARIABLE}"
