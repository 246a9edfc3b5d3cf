"""The download: what a person is told when it fails, and that the cache holds the whole list or nothing."""

import hashlib
import os
import socket
from pathlib import Path

import pytest

from makemore_data import download
from makemore_data.download import DownloadError, cached_names, download_names
from tests.data.conftest import ListServer


@pytest.fixture(autouse=True)
def expect_the_payload(list_server: ListServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "SHA256", hashlib.sha256(list_server.payload).hexdigest())


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*")) if folder.is_dir() else []


def test_the_list_arrives_whole(list_server: ListServer, tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there yet"
    result = download_names(list_server.url, folder)
    assert result.fetched
    assert result.path == folder / "names.txt"
    assert result.path.read_bytes() == list_server.payload
    assert left_in(folder) == ["names.txt"]
    assert cached_names(folder) == result.path


def test_a_list_that_is_there_is_not_fetched_again(list_server: ListServer, tmp_path: Path) -> None:
    download_names(list_server.url, tmp_path)
    again = download_names(list_server.url + "/", tmp_path)
    assert not again.fetched
    assert list_server.requests == ["/names.txt"]


def test_a_damaged_list_is_fetched_again(list_server: ListServer, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_bytes(list_server.payload[:100])
    assert cached_names(tmp_path) is None
    assert download_names(list_server.url, tmp_path).fetched
    assert (tmp_path / "names.txt").read_bytes() == list_server.payload


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("missing", "the server answered 404 Not Found"),
        ("broken server", "the server answered 503 Service Unavailable"),
        ("ends half way", "broke off; nothing was kept"),
        ("stalls half way", "broke off; nothing was kept"),
        ("silent", "the server does not answer"),
    ],
)
def test_a_failing_server_is_named_and_leaves_nothing(
    list_server: ListServer, tmp_path: Path, behaviour: str, told: str
) -> None:
    list_server.behaviour = behaviour
    with pytest.raises(DownloadError) as caught:
        download_names(list_server.url, tmp_path, timeout=0.5 if behaviour in ("silent", "stalls half way") else 60)
    line = str(caught.value)
    assert told in line
    assert f"{list_server.url}/names.txt" in line
    assert "\n" not in line
    assert left_in(tmp_path) == []


def test_another_list_than_the_canonical_one_is_not_kept(list_server: ListServer, tmp_path: Path) -> None:
    list_server.payload = b"somebody\nelse\n"
    with pytest.raises(DownloadError, match="its checksum differs, so nothing was kept") as caught:
        download_names(list_server.url, tmp_path)
    assert "\n" not in str(caught.value)
    assert left_in(tmp_path) == []


def test_no_network_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody answers there
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DownloadError, match="Cannot connect to") as caught:
            download_names(url, tmp_path)
    assert "\n" not in str(caught.value)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("address", ["no address", "ftp://127.0.0.1", "http://", "http://[::1"])
def test_an_address_that_is_none_points_at_the_variable(address: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="MAKEMORE_DOWNLOAD_URL"):
        download_names(address, tmp_path)
    assert left_in(tmp_path) == []


def test_the_variable_overrides_the_address(
    list_server: ListServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEMORE_DOWNLOAD_URL", list_server.url)
    monkeypatch.setenv("MAKEMORE_CACHE", str(tmp_path))
    assert download_names().path == tmp_path / "names.txt"


def test_a_cache_that_is_no_folder_is_one_line(list_server: ListServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DownloadError, match="Set MAKEMORE_CACHE to a folder that can be written to") as caught:
        download_names(list_server.url, tmp_path / "file" / "cache")
    assert str(tmp_path / "file" / "cache") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list_server.requests == []


@pytest.mark.parametrize("there", [True, False])
def test_a_cache_that_cannot_be_written_is_one_line(
    list_server: ListServer, tmp_path: Path, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write anywhere, so for root the refusal of the system is played."""
    folder = tmp_path / "cache"
    if there:
        folder.mkdir()
    if os.geteuid() == 0:

        def refuse(*arguments: object, **options: object) -> None:
            raise PermissionError(13, "Permission denied", str(folder))

        monkeypatch.setattr("tempfile.NamedTemporaryFile" if there else "os.makedirs", refuse)
    else:
        (folder if there else tmp_path).chmod(0o500)
    try:
        with pytest.raises(DownloadError, match=r"cache: permission denied\. Set MAKEMORE_CACHE") as caught:
            download_names(list_server.url, folder)
    finally:
        tmp_path.chmod(0o700)
    assert "\n" not in str(caught.value)
    assert list_server.requests == []


def test_nothing_is_drawn_where_standard_error_is_no_terminal(
    list_server: ListServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    download_names(list_server.url, tmp_path)
    assert capfd.readouterr() == ("", "")
