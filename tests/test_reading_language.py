"""Languages: what a page declares, what its script and its words say."""

from __future__ import annotations

import pytest

from auditor.reading.content import Block
from auditor.reading.language import detect_language, find_script, settle_language

ENGLISH = "We treat the knees of our patients with care, and we are proud of what this clinic has done for them in many years."
GERMAN = (
    "Wir behandeln die Knie unserer Patienten mit großer Sorgfalt, und das ist nicht überall so. Eine Praxis für alle."
)
SPANISH = "Tratamos las rodillas de los pacientes con mucho cuidado, y la clínica está en el centro de una ciudad que se quiere."
TURKISH = "Hastalarımızın dizlerini özenle tedavi ediyoruz ve bu klinik için çok çalışıyoruz. Bir ekip olarak daha iyi."
SWEDISH = "Många av dem som kommer till oss har haft ont i flera år och vill gärna kunna gå igen utan hjälp. Vi behandlar våra patienters knän med stor omsorg och kliniken ligger mitt i den gamla staden nära hamnen."
CHINESE = "我们用心治疗每一位患者的膝盖。"
JAPANESE = "患者さまの膝を丁寧に治療します。"
RUSSIAN = "Мы бережно лечим колени наших пациентов."


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        (ENGLISH, None, "en"),
        (ENGLISH, "en", "en"),
        (GERMAN, None, "de"),
        (GERMAN, "en", "de"),
        (SPANISH, None, "es"),
        (TURKISH, None, "tr"),
        (SWEDISH, None, "sv"),
        (CHINESE, None, "zh"),
        (CHINESE, "en", "zh"),
        (JAPANESE, "en", "ja"),
        (JAPANESE, "ja", "ja"),
        (ENGLISH, "zh", "en"),
        (RUSSIAN, None, "ru"),
        (RUSSIAN, "bg", "bg"),
        ("Ми лікуємо коліна", None, "uk"),
        ("نعالج الركبة", None, "ar"),
        ("무릎을 치료합니다", None, "ko"),
        ("เรารักษาเข่า", None, "th"),
        ("Knees", None, "en"),
        ("Willow bark lotion – eases cramps • soothes restless legs • lifts moods", None, "en"),
        ("Knie", "de", "de"),
        ("", None, "en"),
    ],
)
def test_a_page_s_language_is_checked_against_its_text(text: str, declared: str | None, expected: str) -> None:
    """A declared language holds if script and words do not speak against it."""
    assert expected == detect_language([Block(text, "paragraph")], declared)


def test_text_that_does_not_show_tells_no_language() -> None:
    """Hidden words in another language do not keep a page from being read."""
    blocks = [Block(TURKISH, "paragraph", hidden=True)] * 9 + [Block(ENGLISH, "paragraph")]

    assert "en" == detect_language(blocks, "en")


@pytest.mark.parametrize(
    ("text", "own", "page", "expected"),
    [
        (ENGLISH, None, "en", "en"),
        (GERMAN * 2, None, "en", "de"),
        ("Guten Tag", None, "en", "en"),
        ("Guten Tag", "de", "en", "de"),
        ("We cure the worn knee.", "de", "en", "en"),
        ("We cure the worn knee.", "xx", "en", "en"),
        (GERMAN, "de", "en", "de"),
        (SWEDISH, "sv", "en", "sv"),
        (CHINESE, None, "en", "zh"),
        (JAPANESE, None, "zh", "ja"),
        (ENGLISH, None, "ja", "en"),
        ("Kneegreen Clinic", None, "ja", "ja"),
        ("干细胞治疗: the best therapy for knees that we know of", None, "en", "en"),
        (f"膝の臨床研究に関する論文 {ENGLISH[:60]}", None, "ja", "ja"),
    ],
)
def test_a_passage_may_speak_another_language(text: str, own: str | None, page: str, expected: str) -> None:
    """Script, a lang attribute, or many words tell; a name does not."""
    assert expected == settle_language(Block(text, "paragraph", language=own), page)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENGLISH, "latin"),
        (CHINESE, "han"),
        (JAPANESE, "kana"),
        (RUSSIAN, "cyrillic"),
        ("治疗 with many English words around", "latin"),
        ("123", "latin"),
    ],
)
def test_the_script_of_most_words_is_found(text: str, expected: str) -> None:
    """Mixed text counts by its larger part."""
    assert expected == find_script(text)
