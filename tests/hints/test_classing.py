"""The class of a message: silent where it cannot know, never holding anybody's number, stored without pickled objects."""

from __future__ import annotations

import csv
import gzip
import io
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from hawthorn.hints import classing, keeping
from hawthorn.hints.classing import Message

SUBJECTS = {
    "照明": ["路灯不亮了", "楼道灯坏了", "晚上没有灯看不见", "灯杆歪了灯也不亮"],
    "垃圾": ["垃圾没有人清", "垃圾桶满了很臭", "楼下堆着垃圾", "垃圾车好几天没来"],
    "噪音": ["半夜施工太吵", "广场舞声音太大", "楼上装修噪音", "吵得睡不着觉"],
}
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "messages" / "messages.csv.gz"


def messages(number: int = 60, seed: int = 1) -> tuple[list[Message], list[str]]:
    rng = random.Random(seed)
    labels = [name for name in SUBJECTS for _n in range(number)]
    return [Message("", f"{rng.choice(SUBJECTS[label])}，{rng.choice('东西南北')}门{rng.randrange(9000)}，请处理") for label in labels], labels


@pytest.fixture(scope="module")
def model() -> classing.Model:
    return classing.train(*messages())


def test_what_it_learnt_it_names(model: classing.Model) -> None:
    found = [classing.guess(model, Message("", words)).ranked[0][0] for words in ("路灯又不亮", "垃圾太臭", "施工吵得很")]
    assert found == ["照明", "垃圾", "噪音"]


def test_probabilities_of_all_add_up_to_one(model: classing.Model) -> None:
    for words in ("路灯", "完全无关的词句", ""):
        guess = classing.guess(model, Message("", words))
        assert sum(chance for _name, chance in guess.ranked) == pytest.approx(1)
        assert guess.ranked == tuple(sorted(guess.ranked, key=lambda pair: -pair[1]))


def test_words_it_never_saw_leave_it_silent(model: classing.Model) -> None:
    assert classing.guess(model, Message("", "")).silent
    assert classing.guess(model, Message("", "qqqq")).silent
    assert not classing.guess(model, Message("", "路灯不亮了")).silent


def test_it_stays_silent_where_labels_are_drawn_by_lot() -> None:
    said, labels = messages()
    random.Random(3).shuffle(labels)
    model = classing.train(said, labels)
    assert np.mean([classing.guess(model, one).silent for one in messages(seed=2)[0]]) > 0.9


def test_one_person_s_words_and_numbers_are_not_in_the_model() -> None:
    said, labels = messages()
    said[0] = Message("张某某", "我叫欧阳某某，电话 13812345678，路灯不亮")
    grams = classing.train(said, labels).grams
    assert not [gram for gram in grams if "欧" in gram or "阳" in gram or "张" in gram]
    assert not [gram for gram in grams if any(sign in gram for sign in "123456789")]
    seen = Counter(gram for one in said for gram in set(classing.grams_of(one)))
    assert min(seen[gram] for gram in grams) >= classing.LEAST_MESSAGES


def test_the_same_messages_give_the_same_model() -> None:
    one, other = classing.train(*messages()), classing.train(*messages())
    assert keeping.pack(one) == keeping.pack(other)


@pytest.mark.parametrize(("labels", "number"), [(["甲", "甲"], 2), (["甲", "乙"], 2), ([], 0)])
def test_too_little_to_learn_from_is_an_error(labels: list[str], number: int) -> None:
    with pytest.raises(ValueError, match="two categories"):
        classing.train([Message("", "路灯")] * number, labels)


@pytest.mark.parametrize(
    ("said", "labels", "why"),
    [
        (["路灯", "路灯", "垃圾", "垃圾"], "甲甲乙乙", "rare"),
        ([""] * 20, "甲乙" * 10, "empty"),
        (["一样的话"] * 20, "甲乙" * 10, "alike"),
        ([chr(0x4E00 + n * 9) + chr(0x5E00 + n * 7) for n in range(20)], "甲乙" * 10, "rare"),
        ([f"话{n}样" for n in range(2000)], [str(n // 2) for n in range(2000)], "alike"),
    ],
)
def test_what_teaches_nothing_says_why(said: list[str], labels: Sequence[str], why: str) -> None:
    with pytest.raises(classing.NothingToLearn) as found:
        classing.train([Message("题" if words and why == "alike" else "", words) for words in said], list(labels))
    assert found.value.why == why


def test_a_fold_may_share_nothing_where_all_together_do() -> None:
    said = [Message("", words) for words in ("路灯", "路灯", "路灯", "垃圾", "噪音", "井盖", "水管", "树枝")]
    model = classing.train(said, ["甲"] * 3 + ["乙"] * 5)
    assert sum(chance for _name, chance in classing.guess(model, Message("", "路灯")).ranked) == pytest.approx(1)


def test_two_categories_and_a_rare_third_can_be_learnt() -> None:
    said, labels = messages(20)
    two = [(one, label) for one, label in zip(said, labels, strict=True) if label != "噪音"] + [(Message("", "一件孤例"), "孤例")]
    model = classing.train([one for one, _label in two], [label for _one, label in two])
    assert model.categories == ("垃圾", "照明")
    guess = classing.guess(model, Message("", "垃圾满了"))
    assert [name for name, _chance in guess.ranked] == ["垃圾", "照明"]


def test_a_stored_model_says_the_same(model: classing.Model) -> None:
    back = keeping.unpack(*keeping.pack(model))
    for one in messages(10, seed=9)[0]:
        first, second = classing.guess(model, one), classing.guess(back, one)
        assert [name for name, _chance in first.ranked] == [name for name, _chance in second.ranked]
        assert first.confidence == pytest.approx(second.confidence, abs=1e-5)


def test_stored_arrays_with_objects_are_refused(model: classing.Model) -> None:
    held = io.BytesIO()
    np.savez(held, rarity=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        keeping.unpack(held.getvalue(), keeping.pack(model)[1])


def test_many_categories_do_not_grow_the_memory() -> None:
    counts, _grams = classing._count([Message("", "路灯不亮")] * 9)
    assert len(classing._shared(counts, 3_000_000)) <= 2


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "hawthorn.config.cli", "judge", *words], capture_output=True, text=True, check=False)


def test_the_command_reads_and_writes_plain_files(tmp_path: Path) -> None:
    said, labels = messages()
    with gzip.open(tmp_path / "train.csv.gz", "wt", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("key", "title", "text", "label"), *((n, *one, label) for n, (one, label) in enumerate(zip(said, labels, strict=True)))])
    (tmp_path / "texts.csv").write_text("\ufeffkey,title,text\na,,路灯不亮了\nb,,qqqq\n", encoding="utf-8")
    done = run("hints", "--train", str(tmp_path / "train.csv.gz"), "--texts", str(tmp_path / "texts.csv"), "--out", str(tmp_path / "out.csv"))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert list(rows[0]) == ["key", "first", "second", "third", "confidence", "silent"]
    assert [(row["key"], row["silent"]) for row in rows] == [("a", "0"), ("b", "1")]
    assert rows[0]["first"] == "照明"
    assert 0 < float(rows[0]["confidence"]) <= 1


def test_a_file_without_a_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("key,text\n1,路灯\n", encoding="utf-8")
    done = run("hints", "--train", str(tmp_path / "train.csv"), "--texts", "none.csv", "--out", str(tmp_path / "out.csv"))
    assert done.returncode == 1
    assert "title、label" in done.stdout
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_what_cannot_be_read_or_learnt_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text("key,title,text\na,,路灯\n", encoding="utf-8")
    body = bytearray(gzip.compress(b"key,title,text,label\n" + b"".join(f"{n},灯,路灯不亮{n % 7},A\n".encode() for n in range(400))))
    for at in range(40, 120, 7):
        body[at] ^= 0x5A
    (tmp_path / "broken.csv.gz").write_bytes(body)
    (tmp_path / "two.csv").write_text("key,title,text,label\n1,,路灯,A\n2,,路灯,A\n3,,垃圾,B\n4,,垃圾,B\n", encoding="utf-8")
    for name, words in (("broken.csv.gz", "读不了"), ("two.csv", "3 条以上的话")):
        done = run("hints", "--train", str(tmp_path / name), "--texts", str(tmp_path / "texts.csv"), "--out", str(tmp_path / "out.csv"))
        assert done.returncode == 1
        assert words in done.stdout
        assert "Traceback" not in done.stderr


@pytest.mark.shared
def test_real_messages_are_mostly_known() -> None:
    if not REAL.exists():
        pytest.skip("shared data are not here")
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(REAL.read_bytes()).decode())))[::6]
    said, labels = [Message(row["title"], row["text"]) for row in rows], [row["label"] for row in rows]
    model = classing.train(said[::2], labels[::2])
    guesses = [(classing.guess(model, one), label) for one, label in zip(said[1::2], labels[1::2], strict=True)]
    spoken = [guess.ranked[0][0] == label for guess, label in guesses if not guess.silent]
    assert len(spoken) > len(guesses) / 3
    assert np.mean(spoken) > np.mean([guess.ranked[0][0] == label for guess, label in guesses])
