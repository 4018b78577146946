"""What is wrong with a brief is said before anything is made."""

from __future__ import annotations

import pytest

from tui_tutor.core.errors import TutorError
from tui_tutor.studio.brief import Brief
from tui_tutor.studio.briefing import course_id, read_brief

QUESTION = '[[question]]\nquestion = "Which?"\noptions = {options}\ncorrect = {correct}\n'


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("frob = 1", "frob"),
        ('industry = "9999"', "NAICS 2022 has no industry group 9999"),
        (QUESTION.format(options='["a", "b", "c"]', correct=4), "option 4 is correct, and there are 3"),
        (QUESTION.format(options='["a", "b"]', correct=1), "it has 2 options, and 3 to 5 are needed"),
    ],
)
def test_a_mistake_is_named(more, said):
    with pytest.raises(TutorError, match=said) as error:
        read_brief(f'topic = "Means"\n{more}\n'.encode(), "brief.toml")
    assert error.value.exit_code == 4


def test_a_brief_that_is_no_text_is_told():
    with pytest.raises(TutorError, match=r"brief\.toml is no brief"):
        read_brief(b"\xff\xfe\x00", "brief.toml")


def test_an_id_is_made_of_letters_without_accents():
    said = {"Zählen für Köche": "de", "Déjà vu": "fr", "Ordning på saker": "sv", "哈希表": "zh"}
    ids = [course_id(Brief(topic=topic, language=language)) for topic, language in said.items()]
    assert ids == ["zaehlen-fuer-koeche", "deja-vu", "ordning-pa-saker", "course"]
