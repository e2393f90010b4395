"""Which category is this message? Pure: texts and arrays, no Django.

One line per category, learnt from character 1–3-grams scaled by how much more often each occurs inside the category than
outside it (Wang & Manning 2012, ACL P12-2018, “NB-SVM”); a small logistic layer over the out-of-fold scores turns them into
probabilities. A model is arrays and n-grams only: an n-gram enters when three messages hold it, and digits are masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from scipy import sparse

Floats: TypeAlias = np.ndarray[Any, np.dtype[Any]]
LONGEST_GRAM = 3
LEAST_MESSAGES = 3  # an n-gram of fewer messages could be one person's own words
LARGEST_SHARE = 0.5
MOST_CELLS = 3_000_000  # n-grams × categories: 24 MB in memory, whatever the number of categories
MOST_CHARACTERS = 6_000
POWER = 0.7  # of the log-count ratio; this and TITLE_WEIGHT: bench/README.md, “提示”
TITLE_WEIGHT = 0.5  # of the title's own n-grams beside those of title and text together
TITLE = "\n"  # marks an n-gram of the title alone; `plain` leaves no line break
FOLDS = 5
ASKED = 0.95
SILENT_ALWAYS = 1.01
TINY = 1e-12
WHY = {
    "few": "at least two categories with two messages each are needed",
    "empty": "the messages have no words",
    "rare": f"no word or part of one stands in {LEAST_MESSAGES} messages",
    "alike": "what the messages share stands in most of them and tells no category from another",
}


class NothingToLearn(ValueError):
    """Messages that teach nothing; `why`: few (categories), empty (no words), rare (no word in three messages), alike (every word in most)."""

    def __init__(self, why: str) -> None:
        super().__init__(WHY[why])
        self.why = why


class Message(NamedTuple):
    """What was said; the title may be empty."""

    title: str
    text: str


class Guess(NamedTuple):
    """Categories with their probabilities, likeliest first, at most three; silent below the model's threshold."""

    ranked: tuple[tuple[str, float], ...]
    silent: bool

    @property
    def confidence(self) -> float:
        """The probability that the first is right."""
        return self.ranked[0][1]


@dataclass(frozen=True)
class Model:
    """What was learnt. `lines` and `squares` are grams × categories; `mix` is (categories + 1) × categories."""

    categories: tuple[str, ...]
    grams: Mapping[str, int]
    rarity: Floats
    titled: Floats
    lines: Floats
    squares: Floats
    biases: Floats
    mix: Floats
    threshold: float
    accuracy: float
    coverage: float
    n: int


def plain(words: str) -> str:
    """Full width to half, lower case, one space for many, one 0 for any number."""
    said = unicodedata.normalize("NFKC", words).lower()
    return re.sub(r"\d+", "0", re.sub(r"\s+", " ", said)).strip()[:MOST_CHARACTERS]


def grams_of(message: Message) -> Counter[str]:
    """How often each character 1–3-gram occurs, and once more, marked, those of the title."""
    title = plain(message.title)
    return Counter(_slices(f"{title} {plain(message.text)}".strip(), "")) + Counter(_slices(title, TITLE))


def _slices(said: str, mark: str) -> Iterator[str]:
    return (mark + said[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(said) - size + 1))


def train(messages: Sequence[Message], labels: Sequence[str], *, asked: float = ASKED, seed: int = 0) -> Model:
    """Learn from labelled messages. The probabilities and the threshold come from messages each fold had not seen.

    Raises NothingToLearn where there are not two categories with two messages each, or nothing in them tells one from another.
    """
    categories = tuple(sorted({label for label, number in Counter(labels).items() if number >= 2}))
    if len(categories) < 2:
        raise NothingToLearn("few")
    kept = [n for n, label in enumerate(labels) if label in categories]
    where = {category: n for n, category in enumerate(categories)}
    truth = np.array([where[labels[n]] for n in kept])
    counts, grams = _count([messages[n] for n in kept])
    if not len(_shared(counts, len(categories))):
        is_empty = not any(plain(word) for n in kept for word in messages[n])
        raise NothingToLearn("empty" if is_empty else "alike" if any(gram.strip() for gram in grams) else "rare")
    titled = np.array([gram.startswith(TITLE) for gram in grams], dtype=bool)
    unseen = np.zeros((len(kept), len(categories)))
    for held in _folds(truth, seed):
        rest = np.setdiff1d(np.arange(len(kept)), held)
        unseen[held] = _score(counts[held], _fit(counts[rest], titled, truth[rest], len(categories)))
    mix = _calibrate(unseen, truth)
    threshold, accuracy, coverage = _threshold(_chances(unseen, mix), truth, asked)
    whole = _fit(counts, titled, truth, len(categories))
    return Model(
        categories, {grams[column]: n for n, column in enumerate(whole.columns)},
        whole.rarity, whole.titled, whole.lines, whole.squares, whole.biases, mix, threshold, accuracy, coverage, len(kept),
    )  # fmt: skip


def guess(model: Model, message: Message) -> Guess:
    """The three likeliest categories of one message."""
    found = {model.grams[gram]: number for gram, number in grams_of(message).items() if gram in model.grams}
    row = sparse.csr_matrix((list(found.values()), list(found), [0, len(found)]), shape=(1, len(model.grams)), dtype=np.float64)
    row = _weigh(row, model.rarity, model.titled)
    columns = row.indices
    lengths = np.sqrt(np.maximum(row.data**2 @ model.squares[columns], TINY))
    scores = row.data @ model.lines[columns] / lengths + model.biases
    chances = _chances(scores[None, :], model.mix)[0]
    first = np.argsort(-chances)[:3]
    ranked = tuple((model.categories[n], float(chances[n])) for n in first)
    return Guess(ranked, silent=not found or ranked[0][1] < model.threshold)


class _Part(NamedTuple):
    columns: Floats
    rarity: Floats
    titled: Floats
    lines: Floats
    squares: Floats
    biases: Floats


def _count(messages: Sequence[Message]) -> tuple[sparse.csr_matrix, list[str]]:
    """Messages × n-grams; n-grams of fewer than LEAST_MESSAGES messages are dropped at once."""
    known: dict[str, int] = {}
    ends, columns, numbers = [0], [], []
    for message in messages:
        for gram, number in grams_of(message).items():
            columns.append(known.setdefault(gram, len(known)))
            numbers.append(number)
        ends.append(len(columns))
    counts = sparse.csr_matrix((np.array(numbers, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(ends)), shape=(len(messages), len(known)))
    often = np.flatnonzero(np.bincount(counts.indices, minlength=len(known)) >= LEAST_MESSAGES)
    names = list(known)
    return counts[:, often], [names[n] for n in often]


def _folds(truth: Floats, seed: int) -> list[Floats]:
    """FOLDS parts, each category spread evenly over them."""
    rng = np.random.default_rng(seed)
    part = np.zeros(len(truth), dtype=np.int64)
    for category in np.unique(truth):
        rows = rng.permutation(np.flatnonzero(truth == category))
        part[rows] = (np.arange(len(rows)) + category) % FOLDS
    return [held for n in range(FOLDS) if len(held := np.flatnonzero(part == n)) and len(held) < len(truth)]


def _fit(counts: sparse.csr_matrix, titled: Floats, truth: Floats, number: int) -> _Part:
    """One line per category over the n-grams these messages share."""
    from sklearn.preprocessing import normalize  # slow to load, and only learning needs it
    from sklearn.svm import LinearSVC

    columns = _shared(counts, number)
    part, titled = counts[:, columns], titled[columns]
    spread = np.bincount(part.indices, minlength=len(columns))
    rarity = np.log((1 + part.shape[0]) / (1 + spread)) + 1
    present = part.copy()
    present.data = np.ones_like(part.data)
    inside = np.vstack([np.asarray(present[truth == n].sum(axis=0)).ravel() for n in range(number)])
    weighed = _weigh(part, rarity, titled)
    lines, squares = (np.zeros((len(columns), number), dtype=np.float32) for _n in range(2))
    biases = np.zeros(number)
    for n in range(number if len(columns) else 0):  # a fold may share nothing where all messages together do
        scale = _ratio(inside[n], inside.sum(axis=0) - inside[n])
        learner = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
        learner.fit(normalize(weighed @ sparse.diags(scale)), truth == n)
        lines[:, n], squares[:, n], biases[n] = learner.coef_[0] * scale, scale**2, learner.intercept_[0]
    return _Part(columns, rarity, titled, lines, squares, biases)


def _shared(counts: sparse.csr_matrix, number: int) -> Floats:
    """The n-grams of several messages that are not in most of them; where memory is short, the commonest."""
    spread = np.bincount(counts.indices, minlength=counts.shape[1])
    columns = np.flatnonzero((spread >= LEAST_MESSAGES) & (spread <= max(LARGEST_SHARE * counts.shape[0], LEAST_MESSAGES)))
    return np.sort(columns[np.argsort(-spread[columns], kind="stable")[: MOST_CELLS // number]])


def _weigh(counts: sparse.csr_matrix, rarity: Floats, titled: Floats) -> sparse.csr_matrix:
    """TF-IDF: log counts by rarity; the n-grams of title and text of length one, those of the title alone TITLE_WEIGHT."""
    weighed = counts.astype(np.float64)
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    row = np.repeat(np.arange(weighed.shape[0]), np.diff(weighed.indptr))
    block = 2 * row + titled[weighed.indices]
    lengths = np.sqrt(np.bincount(block, weights=weighed.data**2, minlength=2 * weighed.shape[0]))
    weighed.data *= np.where(titled[weighed.indices], TITLE_WEIGHT, 1.0) / np.maximum(lengths[block], TINY)
    return weighed


def _ratio(inside: Floats, outside: Floats) -> Floats:
    """Log-count ratio, one added to each count, damped by POWER."""
    one, other = inside + 1, outside + 1
    ratio = np.log((one / one.sum()) / (other / other.sum()))
    return np.asarray(np.sign(ratio) * np.abs(ratio) ** POWER)


def _score(counts: sparse.csr_matrix, part: _Part) -> Floats:
    """Scores of many messages, as `guess` computes them for one."""
    weighed = _weigh(counts[:, part.columns], part.rarity, part.titled)
    squared = weighed.copy()
    squared.data = weighed.data**2
    return np.asarray((weighed @ part.lines) / np.sqrt(np.maximum(squared @ part.squares, TINY)) + part.biases)


def _calibrate(scores: Floats, truth: Floats) -> Floats:
    """A logistic layer over out-of-fold scores: the last row is its bias."""
    from sklearn.linear_model import LogisticRegression

    layer = LogisticRegression(C=1.0, max_iter=1000).fit(scores, truth)
    weights, bias = layer.coef_, layer.intercept_
    if len(bias) == 1:  # two categories: one row stands for both
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return np.vstack([weights.T, bias])


def _chances(scores: Floats, mix: Floats) -> Floats:
    raised = scores @ mix[:-1] + mix[-1]
    raised = np.exp(raised - raised.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _threshold(chances: Floats, truth: Floats, asked: float) -> tuple[float, float, float]:
    """The lowest probability above which the asked share is both promised and was right out of fold.

    With the share that was right and the share of messages it speaks for. The promised share (the mean probability) moves
    less from sample to sample than the counted one, the counted one holds where the probabilities are too proud.
    """
    first = chances.max(axis=1)
    order = np.argsort(-first, kind="stable")
    so_far = np.arange(1, len(truth) + 1)
    right = np.cumsum(chances.argmax(axis=1)[order] == truth[order]) / so_far
    last = min(_last(right >= asked), _last(np.cumsum(first[order]) / so_far >= asked))
    if last < 0:
        return SILENT_ALWAYS, 0.0, 0.0
    # Where everything was right, the lowest seen would still be far too strict: who is sure enough alone may always speak.
    return min(float(first[order[last]]), asked), float(right[last]), (last + 1) / len(truth)


def _last(holds: Floats) -> int:
    """The last place where it holds, -1 for none."""
    places = np.flatnonzero(holds)
    return int(places[-1]) if len(places) else -1
