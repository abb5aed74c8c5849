"""The samples that ship."""

from __future__ import annotations

import pytest

from workbench.data import SAMPLES, Sample, datasets, read_sample, sample
from workbench.data.samples import FOLDER
from workbench.errors import DataError
from workbench.words import LANGUAGES


@pytest.mark.parametrize("known", SAMPLES, ids=lambda s: s.name)
def test_a_sample_is_what_it_says(known: Sample) -> None:
    made = datasets.make(read_sample(known.name), name=known.name, owner="a", roles=known.roles)
    assert (made.rows, len(made.columns)) == (known.rows, known.columns)
    known.roles.check(made.columns)
    assert "text" not in made.kinds.values()
    assert all(known.title.say(lang) and known.about.say(lang) for lang in LANGUAGES)


def test_credit_has_its_descriptive_names_and_no_id_among_the_features() -> None:
    frame = read_sample("credit").frame
    assert {"LIMIT_BAL", "PAY_AMT6", "default payment next month"} <= set(frame.columns)
    assert frame["default payment next month"].sum() == 6636
    assert "ID" not in sample("credit").roles.features(frame.columns)


def test_spam_has_the_documented_names() -> None:
    columns = read_sample("spam").frame.columns
    assert columns[0] == "word_freq_make"
    assert columns[-4:] == ["capital_run_length_average", "capital_run_length_longest", "capital_run_length_total", "is_spam"]


def test_advertising_is_in_the_order_of_its_dates() -> None:
    assert read_sample("advertising").frame["DATE"].is_sorted()


def test_every_sample_names_its_source_and_licence() -> None:
    said = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(known.file in said and known.licence in said for known in SAMPLES)


def test_an_unknown_sample_names_those_there_are() -> None:
    with pytest.raises(DataError, match=r"no sample 'credits'.*credit"):
        sample("credits")
