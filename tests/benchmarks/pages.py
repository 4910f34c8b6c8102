"""Invented pages to measure with: clinic pages of any size, and hostile ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TREATMENTS = ("cell therapy", "ozone therapy", "laser therapy", "shock wave therapy", "plasma therapy")
PLACES = ("knee", "shoulder", "hip", "spine", "hand", "ankle", "elbow")
CLASSES = "card card--wide u-margin-bottom-large js-in-view elementor-widget-container col-md-6 col-sm-12"
LATIN_WORDS = (
    "our", "clinic", "cures", "reverses", "heals", "treats", "stem", "cells", "therapy", "exosomes", "arthritis", "lupus",
    "autism", "diabetes", "knees", "cancer", "without", "no", "side", "effects", "100%", "safe", "proven", "studies",
    "show", "results", "guaranteed", "quote", "free", "today", "not", "may", "patients", "physician", "and", "of", "the",
    "in", "for", "with", "ageing", "brain", "damaged", "regenerates", "permanently", "breakthrough", "doctors", "risk",
)  # fmt: skip
HAN_WORDS = (
    "我们的", "医院", "治愈", "逆转", "干细胞", "疗法", "外泌体", "关节炎", "糖尿病", "自闭症", "癌症", "膝盖", "没有", "不", "副作用",
    "百分之百", "安全", "证明", "研究", "显示", "效果", "保证", "免费", "咨询", "今天", "可能", "患者", "医生", "和", "的", "在", "衰老",
    "大脑", "受损", "再生", "永久", "突破", "风险", "专家", "无痛", "根治", "彻底", "康复", "修复", "神经", "疾病", "有效率", "世界领先",
)  # fmt: skip
SENTENCES = (
    "Our {treatment} for the {place} starts with a visit in which a physician looks at your pictures and papers.",
    "Most visitors of the Lumora Clinic come back after {number} weeks to talk about how the {place} has changed.",
    "We believe that {treatment} helps the {place} to regenerate and brings back the joy of moving.",
    "Studies show that {number} of our patients would choose {treatment} again.",
    "There is no known cure for every pain in the {place}, and results vary from one person to the next.",
    "After {treatment} the {place} may be sore for {number} days, and in rare cases an infection follows.",
    "Ask our team for a free quote for {treatment}, which we send within {number} hours.",
    "The rooms of the clinic are bright, the tea is fresh, and the garden is open to all who wait.",
)
HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Lumora Clinic – {treatment}</title>'
    '<meta name="description" content="Lumora Clinic offers {treatment}."><style>.card{{margin:1em}}</style>'
    '<script type="application/ld+json">{{"@type":"MedicalClinic","name":"Lumora Clinic"}}</script></head><body>'
    '<header><nav><ul><li><a href="/">Home</a><li><a href="/prices">Prices</a></ul></nav></header><main>'
)
FOOT = (
    '</main><footer><form action="/quote"><label>Your name <input name="name"></label>'
    '<label>E-mail <input type="email" name="email"></label><button>Get a free quote</button></form>'
    '<p>Lumora Clinic, 1 Example Street. <a href="tel:+100000000">Call us</a></footer></body></html>'
)


def make_page(size: int, number: int = 0) -> str:
    """Return page *number* of an invented clinic in about *size* bytes, of which a fifth is text, as on real pages."""
    parts = [HEAD.format(treatment=TREATMENTS[number % len(TREATMENTS)])]
    left = size - len(parts[0]) - len(FOOT)
    step = number
    while left > 0:
        parts.append(_make_section(step))
        left -= len(parts[-1])
        step += 1
    return "".join(parts) + FOOT


def _make_section(step: int) -> str:
    treatment, place = TREATMENTS[step % len(TREATMENTS)], PLACES[step % len(PLACES)]
    sentences = [sentence.format(treatment=treatment, place=place, number=step % 90 + 2) for sentence in SENTENCES]
    start = step % len(sentences)
    turned = sentences[start:] + sentences[:start]
    path = " ".join(f"{(step + point) * 37 % 480}.{point % 10} {(step + point) * 53 % 360}" for point in range(190))
    return (
        f'<section class="{CLASSES}" id="s{step}" data-module="card" data-id="{step}"><div class="{CLASSES}">'
        f'<h2 class="{CLASSES}">{treatment.title()} for the {place}</h2>'
        f'<svg viewBox="0 0 480 360" aria-hidden="true"><path fill="none" d="M {path} Z"/></svg>'
        f'<div class="{CLASSES}"><p class="{CLASSES}">{" ".join(turned[:3])}</p>'
        f'<p class="{CLASSES}">{turned[3]} <em>{turned[4]}</em></p></div>'
        f'<ul class="{CLASSES}"><li>{turned[5]}</li><li>{turned[6]}</li></ul><blockquote>{turned[7]}</blockquote>'
        f'<img src="/pictures/{step}.jpg" srcset="/pictures/{step}-480.jpg 480w, /pictures/{step}-960.jpg 960w" alt="A room">'
        f'<script>window.cards = window.cards || []; window.cards.push({{"card": {step}, "shown": false}});</script>'
        "</div></section>\n"
    )


def _fill(unit: Callable[[int], str], size: int) -> str:
    parts: list[str] = []
    while size > 0:
        parts.append(unit(len(parts)))
        size -= len(parts[-1])
    return "".join(parts)


def _repeat(unit: str, size: int) -> str:
    return unit * (size // len(unit.encode()))


def _nest(size: int) -> str:
    depth = size // len("<div></div>")
    return "<div>" * depth + "We cure knees." + "</div>" * depth


def _mix(size: int) -> str:
    """Return sentences of Latin and Chinese words, each put together anew, so that nothing that was read before helps."""
    random = Random(20310314)
    sentences: list[str] = []
    while size > 0:
        words = [random.choice(random.choice((LATIN_WORDS, HAN_WORDS))) for _ in range(random.randint(4, 16))]
        sentences.append(
            f"<p>{random.choice(('', ' ')).join(words)} {random.randrange(10**6)}{random.choice('.。!！')}"
        )
        size -= len(sentences[-1].encode())
    return "".join(sentences)


HOSTILE: dict[str, Callable[[int], str]] = {
    "deep nesting": _nest,
    "open tags never closed": lambda size: _repeat("<b><i><a href=/x><div>", size) + "We cure knees.",
    "a single line without markup": lambda size: "<p>" + _repeat("our cells are bright and the tea is fresh ", size),
    "one word without end": lambda size: "<p>" + _repeat("cure", size),
    "trigger words repeated": lambda size: "<p>" + _repeat("not never no without cure but may might if ", size),
    "one sentence of many hits": lambda size: "<p>" + _repeat("we cure arthritis, ", size),
    "many sentences of many hits": lambda size: _fill(lambda _: "<p>We cure arthritis. Our cells reverse lupus.", size),
    "many attributes": lambda size: "<p " + _fill(lambda step: f"data-a{step}=1 ", size) + ">We cure knees.",
    "many links": lambda size: _fill(lambda step: f'<a href="https://lumora.example/{step}">more</a> ', size),
    "many headings": lambda size: _fill(lambda step: f"<h{step % 6 + 1}>Knees {step}", size),
    "quotation marks never closed": lambda size: "<p>" + _repeat("“‘\"' we cure knees ( ", size),
    "numbers like citations": lambda size: _fill(lambda step: f"<p>doi 10.1000/x{step} NCT{step:08} (2018)", size),
    "Chinese without a full stop": lambda size: "<html lang=zh><p>" + _repeat("我们的细胞治愈关节炎", size),
    "Chinese and English mixed without repetition": _mix,
}


def make_hostile(kind: str, size: int) -> str:
    """Return a page of about *size* bytes that tries to cost more than it should."""
    return f"<html lang=en><title>Lumora Clinic</title><body>{HOSTILE[kind](size)}"
