"""Reading a file is bounded, and writing a file writes all of it or nothing."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from solproof.errors import InputError, OutputError
from solproof.host.files import check_writable, read_file, remove_partial_files, reserved, write_file


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_file(path, "thing", 5) == b"12345"
    with pytest.raises(InputError) as caught:
        read_file(path, "thing", 4)
    assert str(caught.value) == f"thing {path}: has more than 4 bytes"


def test_read_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_file(tmp_path / "none", "thing")
    assert str(caught.value) == f"thing {tmp_path / 'none'}: cannot be read: No such file or directory"


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(InputError, match="thing /dev/zero: has more than 1000 bytes"):
        read_file(Path("/dev/zero"), "thing", 1000)


def test_a_short_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    tracemalloc.start()
    read_file(path, "thing")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


def test_write(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_file(path, b"first")
    write_file(path, b"second")
    assert path.read_bytes() == b"second"
    assert [item.name for item in tmp_path.iterdir()] == ["file"]
    mask = os.umask(0o022)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_write_through_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(path)
    write_file(link, b"new")
    assert link.is_symlink() and path.read_bytes() == b"new"


def test_write_to_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, b"content")
    assert os.read(reader, 100) == b"content"
    os.close(reader)


def test_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(path, b"new")
    assert [item.name for item in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"


def test_check_writable(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    with pytest.raises(OutputError) as caught:
        check_writable(tmp_path)
    assert str(caught.value) == f"{tmp_path}: cannot be written: it is a directory"


# RESERVED DIRECTORIES


def test_a_directory_is_reserved_once(tmp_path: Path) -> None:
    directory = tmp_path / "new"
    with reserved(directory):
        assert directory.is_dir()
        with pytest.raises(OutputError) as caught, reserved(directory):
            pass
        assert str(caught.value) == f"{directory}: cannot be written: another process writes there"
    with reserved(directory):
        pass


def test_a_directory_that_cannot_be_reserved(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for directory, reason in (
        (file, "it is a file, expected a directory"),
        (tmp_path / "a/b", "No such file or directory"),
    ):
        with pytest.raises(OutputError) as caught, reserved(directory):
            pass
        assert str(caught.value) == f"{directory}: cannot be written: {reason}"


def test_partial_files_of_killed_processes(tmp_path: Path) -> None:
    for name in (".proof.1234.part", "other.part", ".hidden", "proof"):
        (tmp_path / name).touch()
    remove_partial_files(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "other.part", "proof"]
