"""What an operator is promised of a zip that a stranger uploads."""

import zipfile
from pathlib import Path

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers import package as packages
from cabinet.importers.package import open_package
from tests.importers.reading import read, write, zipped


def archive(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(FileUnreadable) as error:
        read_all(path)
    return error.value.message


def read_all(path: Path) -> None:
    with open_package(path) as package:
        for name in package.names:
            with package.open(name) as stream:
                stream.read()


@pytest.mark.parametrize("name", ["../users.csv", "/etc/users.csv", "a\\..\\users.csv", "C:users.csv"])
def test_a_zip_that_reaches_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    assert "outside its own folder" in refused(archive(tmp_path / "a.zip", **{name: b"x"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", **{"users.csv": b"0" * 20_000_000})
    assert "20,000,000 bytes" in refused(path)
    monkeypatch.setattr(packages, "MAX_UNPACKED", 100)
    assert "more than is taken" in refused(archive(tmp_path / "b.zip", **{"users.csv": bytes(range(200))}))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", **{"users.csv": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= packages.ENCRYPTED
    path.write_bytes(data)
    assert "encrypted" in refused(path)


def test_a_damaged_zip_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", **{"users.csv": b"a,b\n" * 100})
    data = bytearray(path.read_bytes())
    data[40] ^= 0xFF
    path.write_bytes(data)
    assert "users.csv cannot be read" in refused(path)
    path.write_bytes(b"no zip")
    assert "not a zip" in refused(path)
    assert "not there" in refused(tmp_path / "missing.zip")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "users.csv twice" in refused(archive(tmp_path / "a.zip", **{"a/users.csv": b"", "b/users.csv": b""}))


def test_a_zip_is_known_by_what_it_holds_and_other_archives_by_their_names(tmp_path: Path) -> None:
    with open_package(archive(tmp_path / "roster.csv.download", **{"users.csv": b"x"})) as package:
        assert package.names == ("users.csv",)
    for begins, name in ((b"Rar!\x1a\x07", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b\x08", "gzip")):
        (tmp_path / "roster.zip").write_bytes(begins + b"rest")
        assert f"is a {name} archive" in refused(tmp_path / "roster.zip")


def test_names_that_differ_in_case_alone_are_one_name(tmp_path: Path) -> None:
    assert "Users.csv twice" in refused(archive(tmp_path / "a.zip", **{"users.csv": b"", "Users.csv": b""}))


def test_a_name_that_would_write_to_a_terminal_is_refused(tmp_path: Path) -> None:
    message = refused(archive(tmp_path / "a.zip", **{"\x1b[2Jusers.csv": b"x"}))
    assert "control characters" in message
    assert message.isprintable()


def test_a_zip_of_very_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_FILES", 2)
    assert "3 files" in refused(archive(tmp_path / "a.zip", a=b"", b=b"", c=b""))


def test_a_folder_in_a_folder_is_opened(tmp_path: Path) -> None:
    (tmp_path / "roster").mkdir()
    (tmp_path / ".DS_Store").write_bytes(b"")
    write(tmp_path / "roster" / "export", users="x\n")
    with open_package(tmp_path / "roster") as package:
        assert package.names == ("users.csv",)


def test_what_computers_leave_in_zips_and_folders_is_passed_over(tmp_path: Path) -> None:
    files = {"x/users.csv": b"", "__MACOSX/x/._users.csv": b"", "x/.DS_Store": b"", "x/": b""}
    with open_package(archive(tmp_path / "a.zip", **files)) as package:
        assert package.names == ("users.csv",)
        assert package.find("missing.csv", "USERS.csv") == "users.csv"


def test_a_zip_of_the_wrong_kind_is_refused_by_its_importer(tmp_path: Path) -> None:
    path = zipped(write(tmp_path / "two", a="x\n", b="y\n"))
    with pytest.raises(FileUnreadable, match="2 files"):
        read("enrollments", path)
