"""Fetching from npm: a folder stands in for the registry (a file:// address), so nothing here needs a network."""

import hashlib
import tempfile
from pathlib import Path

import pytest

from infolib._fetch import npm_archive, npm_registry

CONTENT = b"an archive" * 300_000  # three of the pieces in which it is read
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A registry that has `@some/thing` 1.2.3, and a cache and a home of the test's own."""
    archive = tmp_path / "registry/@some/thing/-/thing-1.2.3.tgz"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(CONTENT)
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY", "npm_config_userconfig", "NPM_CONFIG_USERCONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("INFOLIB_CACHE", str(tmp_path / "cache"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("npm_config_registry", (tmp_path / "registry").as_uri())
    return archive


def fetched():
    with npm_archive("@some/thing", "1.2.3", SHA256) as archive:
        return archive.read()


def test_what_the_registry_has_is_opened_and_nothing_is_left(registry, tmp_path, capfd):
    assert fetched() == CONTENT
    assert list((tmp_path / "temporary").iterdir()) == [] and not (tmp_path / "cache").exists()
    assert capfd.readouterr() == ("", "")  # a bar is for terminals


def test_another_file_than_the_one_published_is_refused(registry, tmp_path):
    for content in (CONTENT[:-1], b"x" + CONTENT[1:], b""):
        registry.write_bytes(content)
        found = hashlib.sha256(content).hexdigest()
        with pytest.raises(OSError, match=rf"thing-1\.2\.3\.tgz is not the file published: its sha256 was {found}\."):
            fetched()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_without_a_network_one_line_says_what_to_do(registry, tmp_path):
    registry.unlink()
    with pytest.raises(OSError, match=r"@some/thing/-/thing-1\.2\.3\.tgz could not be fetched: ") as caught:
        fetched()
    placed = tmp_path / "cache" / "thing-1.2.3.tgz"
    assert str(caught.value).endswith(
        f"Put that file at {placed}, or set npm_config_registry to a registry that can be reached."
    )
    assert "\n" not in str(caught.value)
    placed.parent.mkdir()
    placed.write_bytes(CONTENT)
    assert fetched() == CONTENT and placed.exists()
    placed.write_bytes(b"something else")
    with pytest.raises(OSError, match=r"cache.thing-1\.2\.3\.tgz is not the file published.* Remove it\."):
        fetched()


@pytest.mark.parametrize("address", ["no address", "http://[", "ftp3://host"])
def test_a_registry_that_is_no_address_is_one_sentence(registry, monkeypatch, address):
    monkeypatch.setenv("npm_config_registry", address)
    with pytest.raises(OSError, match="could not be fetched: .*npm_config_registry"):
        fetched()


def test_the_registry_is_that_of_npm(registry, tmp_path, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "https://one.example/npm")
    assert npm_registry() == "https://one.example/npm/"
    monkeypatch.delenv("npm_config_registry")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "https://two.example/")
    assert npm_registry() == "https://two.example/"
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "")
    assert npm_registry() == "https://registry.npmjs.org/"
    Path.home().mkdir()
    (Path.home() / ".npmrc").write_text("; registry=no\n@scope:registry=no\nregistry = https://three.example/\n")
    assert npm_registry() == "https://three.example/"
    (tmp_path / "settings").write_text("fund=false\nregistry=https://${PLACE}/\n")
    monkeypatch.setenv("PLACE", "four.example")
    monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "settings"))
    assert npm_registry() == "https://four.example/"
