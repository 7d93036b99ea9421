"""Fetching enwik8: what is not the canonical text is never kept, and the split leaves the last 5% alone."""

import gzip
import hashlib
import io
import tarfile

import numpy as np
import pytest

from infolib.zoo import enwik8 as module
from infolib.zoo.enwik8 import enwik8, split


def archive_of(text, folder, member="data/enwik8.gz"):
    path = folder / "x_transformers-2.16.1.tar.gz"
    packed = gzip.compress(text)
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(f"x_transformers-2.16.1/{member}")
        info.size = len(packed)
        archive.addfile(info, io.BytesIO(packed))
    return path


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INFOLIB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_right_text_is_kept_and_not_fetched_again(cache, monkeypatch):
    text = b"some text " * 50
    monkeypatch.setattr(module, "MD5", hashlib.md5(text).hexdigest())
    monkeypatch.setattr(module, "_download", lambda folder: archive_of(text, folder))
    assert enwik8(quiet=True).tobytes() == text
    monkeypatch.setattr(module, "_download", lambda folder: pytest.fail("fetched twice"))
    assert enwik8(quiet=True).tobytes() == text
    assert [file.name for file in cache.iterdir()] == ["enwik8"]


def test_another_text_is_refused_and_nothing_is_left(cache, monkeypatch):
    monkeypatch.setattr(module, "_download", lambda folder: archive_of(b"another text", folder))
    with pytest.raises(OSError, match="is not enwik8: its md5 was"):
        enwik8(quiet=True)
    assert list(cache.iterdir()) == []


def test_without_a_network_the_message_says_what_to_do(cache, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(OSError, match="could not be fetched: .*put the 10\\^8 bytes"):
        enwik8(quiet=True)
    assert list(cache.iterdir()) == []


def test_the_last_twentieth_is_held_out():
    text = np.arange(1000)
    training, held_out = split(text)
    assert (len(training), len(held_out)) == (950, 50)
    assert np.array_equal(np.concatenate([training, held_out]), text)
