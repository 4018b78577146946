"""One question of every form, named by what matters in it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from tui_tutor.core.course import Quiz, QuizCell

_QUIZ: TypeAdapter[QuizCell] = TypeAdapter(Quiz)


def a_quiz(form: str, **fields: Any) -> QuizCell:
    """A question of this form."""
    return _QUIZ.validate_python({"kind": "quiz", "id": "q", "question": "?", "form": form, **fields})


def a_choice(right: int = 1, wrong: int = 2, **fields: Any) -> QuizCell:
    """Options `right 1`, ..., `wrong 1`, ... each with its feedback."""
    options = [
        {"text": f"right {number}", "correct": True, "feedback": f"yes {number}"}
        for number in range(1, right + 1)
    ]
    options += [{"text": f"wrong {number}", "feedback": f"no {number}"} for number in range(1, wrong + 1)]
    return a_quiz("choice", option=options, **fields)


def a_number(**fields: Any) -> QuizCell:
    """A number question; the key is given."""
    return a_quiz("number", **fields)


SORTING = (
    "def smallest(items):",
    "    best = items[0]",
    "    for item in items:",
    "        best = min(best, item)",
    "    return best",
)


def every_form() -> list[QuizCell]:
    """One question of every form that has a right answer."""
    return [
        a_choice(),
        a_choice(right=2, wrong=2, shuffle=True),
        a_quiz("text", accept=["Latent space", "z"]),
        a_quiz("text", accept=["torch.exp"], match="exact"),
        a_number(value=0.37, tolerance=0.01, unit="nats"),
        a_number(value=-2, rel_tolerance=0.1),
        a_number(range=(1, 2)),
        a_quiz(
            "cloze",
            question="{{1}} and {{2}} and {{3}}",
            blank=[
                {"form": "text", "accept": ["mean"]},
                {"form": "number", "value": 0.5, "tolerance": 0.1},
                {"form": "choice", "option": [{"text": "up", "correct": True}, {"text": "down"}]},
            ],
        ),
        a_quiz("order", items=SORTING, indent=True, distractors=["    return items"]),
        a_quiz("order", items=["first", "second", "third"], orders=[[2, 1, 3]]),
        a_quiz("order", items=["}", "a", "}", "b"]),
        a_quiz("match", pairs=[("μ", "mean"), ("σ", "deviation"), ("ε", "noise")], extra=["loss"]),
        a_quiz("predict", program="print(1)", stdout="1\n2\n"),
    ]
