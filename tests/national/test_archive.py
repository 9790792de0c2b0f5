"""An edition from outside: what is wrong is named, nothing is extracted, nothing grows."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from dialog.national import ArchiveError, Edition, Report, UnknownTheme, archive, read_edition
from tests.national.world import archive as zip_of
from tests.national.world import edition, publication


def read(source: Path, *themes: str) -> tuple[list[str], Report]:
    report = Report()
    with Edition(source) as opened:
        return [sheet.id for sheet in read_edition(opened, themes, report)], report


def test_a_zip_and_its_unpacked_folder_say_the_same(tmp_path: Path) -> None:
    source = edition(tmp_path / "vd.zip", publication("F1"), publication("F22"))
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(source) as packed:
        packed.extractall(folder)
    (folder / "N1.xml").write_text("<no/>")
    assert read(source)[0] == read(folder)[0] == ["F1", "F22"]


def test_only_sheets_are_read(tmp_path: Path) -> None:
    source = zip_of(
        tmp_path / "vd.zip",
        {"vosdroits/F1.xml": publication("F1"), "N1.xml": b"<", "R1.xml": b"<", "a.txt": b"x"},
    )
    ids, report = read(source)
    assert (ids, report.read, report.left_out) == (["F1"], 1, {})


@pytest.mark.parametrize("keep", [0, 10, 400, -30])
def test_a_zip_that_was_cut_short_is_one_sentence(tmp_path: Path, keep: int) -> None:
    source = edition(tmp_path / "vd.zip", publication("F1"))
    source.write_bytes(source.read_bytes()[:keep])
    with pytest.raises(ArchiveError, match="is not a ZIP archive, or was cut short"):
        Edition(source)


def test_a_source_that_is_not_there_or_holds_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="does not exist"):
        Edition(tmp_path / "nothing.zip")
    with pytest.raises(ArchiveError, match="holds no sheet"):
        Edition(tmp_path)


def test_a_name_that_leaves_the_archive_is_left_out(tmp_path: Path) -> None:
    source = zip_of(
        tmp_path / "vd.zip",
        {
            "../../F1.xml": publication("F1"),
            "/F3.xml": publication("F3"),
            "F2.xml": publication("F2"),
        },
    )
    ids, report = read(source)
    assert ids == ["F2"]
    assert report.left_out == {"has a path that leaves the archive": ["../../F1.xml", "/F3.xml"]}


def test_a_member_is_bounded_by_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 MB of spaces pack into 200 kB; and a header may lie about them."""
    monkeypatch.setattr(archive, "MOST_BYTES", 2**20)
    source = zip_of(
        tmp_path / "vd.zip", {"F1.xml": b" " * 200_000_000, "F2.xml": publication("F2")}
    )
    ids, report = read(source)
    assert ids == ["F2"]
    assert report.left_out == {"is larger than 1 MiB": ["F1.xml"]}


def test_all_sheets_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_TOTAL_BYTES", 500)
    source = edition(tmp_path / "vd.zip", publication("F1"), publication("F2"))
    with pytest.raises(ArchiveError, match="holds more than"):
        read(source)


def test_a_damaged_or_locked_member_is_left_out_by_name(tmp_path: Path) -> None:
    source = edition(tmp_path / "vd.zip", publication("F1"), publication("F2"), publication("F3"))
    content = bytearray(source.read_bytes())
    first = content.index(b"F1.xml") + 6
    content[first + 20 : first + 60] = bytes(40)  # inside the packed bytes of F1
    central = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", central + 1)
    struct.pack_into("<H", content, second + 8, 1)  # F2 is said to be encrypted
    local = content.index(b"F2.xml") - 30
    struct.pack_into("<H", content, local + 6, 1)
    source.write_bytes(content)
    ids, report = read(source)
    assert ids == ["F3"]
    assert report.left_out == {
        "is damaged in the archive": ["F1.xml"],
        "is encrypted or packed in an unknown way": ["F2.xml"],
    }


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_first_of_two_members_with_one_id_counts(tmp_path: Path) -> None:
    source = tmp_path / "vd.zip"
    with zipfile.ZipFile(source, "w") as out:
        out.writestr("F1.xml", publication("F1"))
        out.writestr("other/F1.xml", publication("F1", title="Faux"))
    ids, report = read(source)
    assert ids == ["F1"]
    assert report.left_out == {"stands twice in the archive": ["other/F1.xml"]}


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder, secret = tmp_path / "vd", tmp_path / "secret.xml"
    folder.mkdir()
    secret.write_bytes(publication("F1"))
    (folder / "F1.xml").symlink_to(secret)
    with pytest.raises(ArchiveError, match="holds no sheet"):
        Edition(folder)


def test_an_edition_of_bad_documents_only_is_refused(tmp_path: Path) -> None:
    source = zip_of(tmp_path / "vd.zip", {"F1.xml": b"<", "F2.xml": b"<"})
    with pytest.raises(ArchiveError, match=r"no sheet that can be read \(2: is not well-formed"):
        read(source)


@pytest.mark.parametrize("name", ["papiers", "PAPIERS", "citoyennete", "Papiers - Citoyenneté"])
def test_a_theme_is_found_without_accents_and_case(tmp_path: Path, name: str) -> None:
    source = edition(tmp_path / "vd.zip", publication("F1"), publication("F2", theme="Étranger"))
    ids, report = read(source, name)
    assert (ids, report.other_themes) == (["F1"], 1)
    assert read(source, name, "etranger")[0] == ["F1", "F2"]


def test_an_unknown_theme_names_the_known_ones(tmp_path: Path) -> None:
    source = edition(tmp_path / "vd.zip", publication("F1"), publication("F2", theme=""))
    with pytest.raises(UnknownTheme, match=r"'pêche'.*Comment faire si….*Papiers - Citoyenneté"):
        read(source, "pêche")
