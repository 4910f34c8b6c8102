"""How a sentence speaks: signs, their weights, and the files that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import auditor
from auditor.errors import RuleError
from auditor.judging import load_rules
from auditor.judging.context import tokenize
from auditor.judging.tones import list_signs, tell_tone, weigh_tokens
from auditor.models import TONES, ToneScale
from tests.rulefolders import GOOD, build_rules

if TYPE_CHECKING:
    from pathlib import Path

SCALE = ToneScale(
    start=0,
    selling=20,
    leaning=10,
    informing=-10,
    reporting=-20,
    weights={"our": 20, "for <condition>": 10, "^ if": -10, "<no verb>": 5, "trial": -20},
    kinds={"gout": "<condition>", "lupus": "<condition>"},
    verbs=frozenset({"is", "are"}),
)
TONE_FILE = """\
start: -10
selling: 20
leaning: 10
informing: -10
reporting: -20
kinds: {part: [joints]}
verbs: [joints]
weights:
  '30': [our, '<part> again']
  '-20': [trial]
"""


def split(sentence: str) -> list[str]:
    """Return the tokens of *sentence* as text."""
    return list(tokenize(sentence).texts)


@pytest.mark.parametrize(
    ("sentence", "sign"),
    [
        ("Is it for gout?", "for <condition>"),
        ("Is it for lupus?", "for <condition>"),
        ("Our lamp is here.", "^ our"),
        ("Wait 30 days.", "<number>"),
        ("Tea for gout", "<no verb>"),
        ("Tea for gout", "<open end>"),
        ("Tea for gout", "<label>"),
        ("Now, really!", "really !"),
        ("One two three four five six seven.", "<short>"),
        ("a " * 20 + ".", "<middling>"),
        ("a " * 40 + ".", "<long>"),
    ],
)
def test_signs(sentence: str, sign: str) -> None:
    """Words, pairs, the first word and the shape are signs; a word for a thing counts as its kind."""
    assert sign in list_signs(split(sentence), SCALE.kinds, SCALE.verbs)


def test_commas_do_not_part_two_words() -> None:
    """Only punctuation that tells something stands between two words."""
    assert "tea gout" in list_signs(split("tea, gout"), {}, frozenset())
    assert "tea gout" not in list_signs(split("tea? gout"), {}, frozenset())


@pytest.mark.parametrize(
    ("sentence", "tone"),
    [
        ("Our tea is here.", "selling"),
        ("Tea is for gout.", "leaning"),
        ("Tea is nice.", "plain"),
        ("If it is cold, wait.", "informing"),
        ("The trial is over.", "reporting"),
        ("Our trial is over.", "plain"),
    ],
)
def test_the_sum_of_the_weights_is_the_tone(sentence: str, tone: str) -> None:
    """Signs of either side weigh against each other."""
    assert tell_tone(split(sentence), SCALE) == tone


def test_a_sign_counts_once() -> None:
    """A sentence is no more of an offer for saying a word twice."""
    assert weigh_tokens(split("Our our is."), SCALE) == weigh_tokens(split("Our is."), SCALE)


def test_a_language_without_a_scale_is_plain() -> None:
    """What cannot be weighed neither sells nor informs."""
    assert tell_tone(["nuestro"], None) == "plain"


def test_a_file_of_tones_is_read(tmp_path: Path) -> None:
    """Words of the lists named become kinds, but for those that have a weight of their own."""
    scale = build_rules(tmp_path, tones__en=TONE_FILE).tones["en"]
    assert scale.kinds == {"knee": "<part>", "knees": "<part>", "hip": "<part>", "hips": "<part>"}
    assert scale.weights == {"our": 30, "<part> again": 30, "trial": -20}
    assert weigh_tokens(split("Our knees again."), scale) == 50
    own = build_rules(tmp_path / "own", tones__en=TONE_FILE.replace("[our,", "[our, knee,")).tones["en"]
    assert "knee" not in own.kinds


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("start: -10", "start: low", "start must be a whole number"),
        ("leaning: 10", "leaning: 30", "the bounds must fall"),
        ("[joints]}", "[knuckles]}", "no word list 'knuckles'"),
        ("'30':", "many:", "'many' must be a whole number"),
        ("[trial]", "[our]", "'our' has a weight already"),
        ("verbs: [joints]\n", "", "lacks 'verbs'"),
        ("start: -10", "start: -10\nvolume: 3", "unknown key 'volume'"),
    ],
)
def test_mistakes_in_a_file_of_tones(tmp_path: Path, old: str, new: str, message: str) -> None:
    """Each is refused with what is wrong."""
    assert old in TONE_FILE
    with pytest.raises(RuleError, match=message):
        build_rules(tmp_path, tones__en=TONE_FILE.replace(old, new))


def test_a_rule_asks_for_tones(tmp_path: Path) -> None:
    """A hit in a sentence of another tone is no evidence."""
    rule = GOOD.replace("flags:", "tone: [selling]\nflags:")
    rules = build_rules(tmp_path, tones__en=TONE_FILE, curative__mends=rule)

    def list_quotes(text: str) -> list[str]:
        found = auditor.audit_text(text, rules=rules).findings
        return [item.quote for finding in found for item in finding.evidence]

    assert list_quotes("Our balm mends knees. The trial mends hips.") == ["Our balm mends knees."]


def test_a_fallback_rule_quotes_only_what_no_other_claim_does(tmp_path: Path) -> None:
    """What a rule that says more has quoted is not quoted again."""
    fallback = GOOD.replace("title: Says that it mends", "title: Names a joint").replace("mends {joints}", "{joints}")
    fallback = fallback.replace("flags:", "fallback: true\nflags:")
    rules = build_rules(tmp_path, curative__mends=GOOD, efficacy__joint=fallback)
    found = auditor.audit_text("The balm mends knees. Knees like the balm.", rules=rules).findings
    assert {finding.rule.id: [item.quote for item in finding.evidence] for finding in found} == {
        "curative/mends": ["The balm mends knees."],
        "efficacy/joint": ["Knees like the balm."],
    }


@pytest.mark.parametrize(
    ("sentence", "tones"),
    [
        ("Our drops melt away your arthritis.", ("selling",)),
        ("Say farewell to stiff knees at our clinic!", ("selling",)),
        ("Goat milk soap for eczema", ("selling", "leaning")),
        ("Since the infusion my hands no longer shake.", ("selling",)),
        ("People with gout may need medicine to lower uric acid.", ("informing", "reporting")),
        ("The review included six trials with 412 participants.", ("reporting",)),
        ("Infection and bleeding are possible complications of the operation.", ("informing", "reporting")),
        ("It is not known what causes the disease.", ("informing", "reporting")),
    ],
)
def test_the_built_in_scale(sentence: str, tones: tuple[str, ...]) -> None:
    """Offers and information about the same things are told apart."""
    assert tell_tone(split(sentence), load_rules().tones["en"]) in tones


def test_every_built_in_sign_can_occur() -> None:
    """No sign names a kind or a shape that does not exist, and no bound lies out of order."""
    scale = load_rules().tones["en"]
    shapes = {"<label>", "<short>", "<middling>", "<long>", "<open end>", "<no verb>", "<number>"}
    known = shapes | set(scale.kinds.values())
    named = {sign for sign in scale.weights if sign in known or "<" in sign}
    parts = {part for sign in named - shapes for part in sign.removeprefix("^ ").split(" ") if part.startswith("<")}
    assert parts <= known
    assert scale.selling > scale.leaning > scale.informing > scale.reporting
    assert TONES[0] == "selling"
