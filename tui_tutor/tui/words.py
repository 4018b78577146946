"""Times, counts and places in words, as the pages say them."""

from __future__ import annotations

from datetime import datetime


def minutes_words(minutes: float) -> str:
    """`9 min`, `1 h 12 min`; less than a minute counts as one when there is any."""
    whole = max(1, round(minutes)) if minutes > 0 else 0
    hours, rest = divmod(whole, 60)
    if hours and rest:
        return f"{hours} h {rest} min"
    return f"{hours} h" if hours else f"{rest} min"


def length_words(minutes: float) -> str:
    """How long something takes: `95 min`, from 100 on `2 h`."""
    return f"{max(1, round(minutes))} min" if minutes < 100 else minutes_words(minutes)


def left_words(minutes: float | None) -> str:
    """`62 min left`, "" when nobody knows."""
    return "" if minutes is None else f"{length_words(minutes)} left"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 course`, `3 courses`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}".replace(",", " ")


def day_words(then: datetime, now: datetime) -> str:
    """`today`, `yesterday`, `18 Nov`, with the year when it is another one; in the reader's time zone."""
    day, today = then.astimezone().date(), now.astimezone().date()
    ago = (today - day).days
    if ago <= 0:
        return "today"
    if ago == 1:
        return "yesterday"
    return short_date(then) if day.year == today.year else f"{short_date(then)} {day.year}"


def short_date(then: datetime) -> str:
    """`18 Nov`."""
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
    day = then.astimezone().date()
    return f"{day.day} {months[day.month - 1]}"


def listed(numbers: tuple[int, ...]) -> str:
    """`3`, `3 and 5`, `1, 2 and 5`."""
    words = [str(number) for number in numbers]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
