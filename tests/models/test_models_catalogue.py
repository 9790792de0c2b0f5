"""The catalogue that ships, and what a wrong one is told."""

from pathlib import Path

import pytest

from models import UnknownModel, load_catalogue
from models.profiles import CPU, GPU

GOOD = """
[[model]]
id = "voice"
title = "A voice"
purpose = "tts"
engine = "piper"
languages = ["fr"]
licence = "MIT"
entry = "a.onnx"
[[model.source]]
repo = "town/voice"
revision = "abc"
files = [{ path = "a.onnx", size = 3, sha256 = "%s" }]
""" % ("0" * 64)


def test_every_model_of_every_profile_is_in_the_catalogue_and_fits_its_need():
    catalogue = load_catalogue()
    for profile in (CPU, GPU):
        for need in profile.needs:
            for model_id in need.alternatives:
                model = catalogue[model_id]
                assert model.purpose == need.purpose
                assert need.language == "*" or model.speaks(need.language)


def test_every_need_of_a_machine_without_hub_has_a_model_in_packages():
    catalogue = load_catalogue()
    for profile in (CPU, GPU):
        for need in profile.needs:
            sources = [s for i in need.alternatives for s in catalogue[i].sources]
            assert any(not source.is_hub for source in sources), need


def test_hub_comes_first_where_there_is_one():
    for model in load_catalogue().values():
        kinds = [source.is_hub for source in model.sources]
        assert kinds == sorted(kinds, reverse=True), model.id


def test_the_docs_name_every_model():
    page = Path(__file__).parents[2].joinpath("docs/models.md").read_text(encoding="utf-8")
    for model_id in load_catalogue():
        assert f"`{model_id}`" in page


def test_parts_are_read_for_both_registries():
    text = GOOD.replace(
        'sha256 = "' + "0" * 64 + '"',
        'sha256 = "' + "0" * 64 + '", parts = ["pypi:a-1==2.0:a/p1", "npm:@s/b@1.2.1:package/p2"]',
    ).replace('repo = "town/voice"\nrevision = "abc"\n', "")
    (source,) = load_catalogue(text)["voice"].sources
    assert [str(package) for package in source.packages] == ["a-1==2.0", "@s/b@1.2.1"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('path = "a.onnx"', 'path = "../a.onnx"', "leaves the model's folder"),
        ('path = "a.onnx"', 'path = "/etc/a.onnx"', "leaves the model's folder"),
        ("0" * 64, "0" * 63, "no SHA-256"),
        ('"piper"', '"magic"', "engine 'magic' is not one of"),
        ('"tts"', '"song"', "purpose 'song' is not one of"),
        ('entry = "a.onnx"', 'entry = "b.onnx"', "entry 'b.onnx' is not among the files"),
        ('licence = "MIT"\n', "", "lacks 'licence'"),
        ('id = "voice"', 'id = "../voice"', "id is not a plain name"),
        ('repo = "town/voice"\nrevision = "abc"\n', "", "needs parts in a package source"),
        ("size = 3,", 'size = 3, parts = ["pypi:x:y"],', "is not like 'pypi:name==version:member'"),
    ],
)
def test_a_wrong_entry_is_named_with_its_fault(old, new, sentence):
    with pytest.raises(ValueError, match=sentence):
        load_catalogue(GOOD.replace(old, new))


def test_two_models_with_one_id_are_refused():
    with pytest.raises(ValueError, match="two models of the catalogue have the same id"):
        load_catalogue(GOOD + GOOD)


def test_an_unknown_model_is_told_which_ones_exist():
    with pytest.raises(UnknownModel, match=r"no model 'parrot'; known are voice\."):
        load_catalogue(GOOD)["parrot"]
