"""Media types and encodings are told from bytes first."""

from __future__ import annotations

import codecs

import pytest

from auditor.sources.sniffing import CHARSETS, detect_charset, read_label, sniff_media_type

HTML, PDF, TEXT = "text/html", "application/pdf", "text/plain"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
ZIP = b"PK\x03\x04\x14\0\0\0\x08\0"

GERMAN = "Unsere Praxis behandelt Schmerzen im Knie natürlich und größtenteils ohne Eingriff, für jede Körpergröße."
CHINESE = "我们的诊所用新方法缓解膝关节疼痛,患者无需手术即可恢复正常生活。"
JAPANESE = "当院の新しい治療は膝の痛みを和らげ、手術をせずに回復を目指します。"
KOREAN = "우리 병원은 새로운 방법으로 무릎 통증을 치료하며 수술 없이 회복을 돕습니다."
RUSSIAN = "Наша клиника лечит колени новым способом, без операции и без боли, сообщает главный врач."
THAI = "คลินิกของเรารักษาอาการปวดเข่าด้วยวิธีใหม่โดยไม่ต้องผ่าตัด"


def enclose(text: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}<title>Klinik</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "declared", "name", "expected"),
    [
        pytest.param(b"%PDF-1.7\n", None, None, PDF, id="PDF"),
        pytest.param(b"%PDF-1.7\n", "text/html", "x.html", PDF, id="PDF that says it is HTML"),
        pytest.param(b"\0\1\2\3\4\5\6\7%PDF-1.7\n\0", None, None, PDF, id="PDF after litter"),
        pytest.param(b"<p>A file begins with %PDF-1.7", None, None, HTML, id="HTML about PDF"),
        pytest.param(b"A file begins with %PDF-1.7", None, "x.txt", TEXT, id="text about PDF"),
        pytest.param(b"nothing of the kind", "application/pdf", None, None, id="text that says it is PDF"),
        pytest.param(b"<!doctype HTML>", None, None, HTML, id="doctype"),
        pytest.param(b" \r\n\t<HTML lang=en>", "application/json", None, HTML, id="HTML after space"),
        pytest.param(b"\xef\xbb\xbf<html>", "text/plain", "x.txt", HTML, id="HTML after byte order mark"),
        pytest.param(enclose(GERMAN).encode("utf-16"), None, None, HTML, id="HTML in UTF-16"),
        pytest.param(enclose(GERMAN).encode("utf-32"), None, None, HTML, id="HTML in UTF-32"),
        pytest.param(enclose(GERMAN).encode("utf-16-le"), None, None, HTML, id="HTML in UTF-16 without mark"),
        pytest.param(GERMAN.encode("utf-16"), None, None, TEXT, id="text in UTF-16"),
        pytest.param(b"<?xml version='1.0'?><html xmlns='x'>", "application/xml", None, HTML, id="XHTML"),
        pytest.param(b"<?xml version='1.0'?><urlset>", None, None, None, id="site map"),
        pytest.param(b"<rss version='2'><p>x</p>", None, None, None, id="feed"),
        pytest.param(b"<svg xmlns='x'><title>knee</title></svg>", None, None, None, id="SVG"),
        pytest.param(b"<svg ><title>knee</title></svg><p>We help.", HTML, None, HTML, id="fragment after SVG"),
        pytest.param(b"Warning: line 3\n<!DOCTYPE html><html>", None, None, HTML, id="HTML after a warning"),
        pytest.param(b"<div>We help.</div>", None, None, HTML, id="fragment"),
        pytest.param(b"We <b>help</b>.", None, None, HTML, id="fragment that begins with text"),
        pytest.param(b"<div align=center>\n# Knees", None, "x.md", TEXT, id="Markdown with a tag"),
        pytest.param(b"We help.", "text/html; charset=utf-8", None, HTML, id="bare text as HTML"),
        pytest.param(b"We help.", "TEXT/HTML", "x.txt", HTML, id="header before name"),
        pytest.param(b"We help.", "application/octet-stream", "x.htm", HTML, id="name where the header is silent"),
        pytest.param(b"# We help.", "text/markdown", None, TEXT, id="Markdown"),
        pytest.param(b"We help.", None, None, TEXT, id="bare text"),
        pytest.param(b"a\x08 <p>stray control", HTML, None, HTML, id="stray control character"),
        pytest.param(b"<p>We\0 help many people", None, None, HTML, id="stray NUL in HTML"),
        pytest.param(b"We\0 help", None, None, None, id="NUL in text"),
        pytest.param(bytes(range(256)), HTML, None, None, id="binary that says it is HTML"),
        pytest.param(PNG, HTML, "x.html", None, id="PNG that says it is HTML"),
        pytest.param(ZIP, None, "x.pdf", None, id="archive named as PDF"),
        pytest.param(b"\0\0\0\x18ftypmp42", HTML, None, None, id="film"),
        pytest.param(b"{\\rtf1 x}", None, None, None, id="RTF"),
        pytest.param(b"From: <Saved by Blink>\n", None, None, None, id="MHTML"),
        pytest.param(b"{}", "application/json", None, None, id="JSON"),
        pytest.param(b"a{}", "text/css", None, None, id="style sheet"),
        pytest.param(b"a;b", None, "x.csv", None, id="table"),
        pytest.param(b"", None, None, TEXT, id="empty"),
        pytest.param(b" \n", HTML, None, HTML, id="blank HTML"),
        pytest.param(b"", None, "x.pdf", PDF, id="empty PDF"),
        pytest.param(b"", "image/png", None, None, id="empty picture"),
    ],
)
def test_a_media_type_is_told_from_bytes_then_header_then_name(
    body: bytes, declared: str | None, name: str | None, expected: str | None
) -> None:
    """Bytes decide; header and name are asked in this order where bytes leave it open."""
    assert expected == sniff_media_type(body, declared=declared, name=name)


@pytest.mark.parametrize(
    ("body", "declared", "expected"),
    [
        pytest.param(b"\xef\xbb\xbfabc", "latin1", "utf-8-sig", id="mark of UTF-8"),
        pytest.param("größer".encode("utf-16"), "utf-8", "utf-16", id="mark of UTF-16"),
        pytest.param("größer".encode("utf-32"), None, "utf-32", id="mark of UTF-32"),
        pytest.param(b"We help.", None, "utf-8", id="ASCII"),
        pytest.param(b"We help.", "iso-8859-1", "windows-1252", id="ASCII as declared"),
        pytest.param(GERMAN.encode("latin-1"), "ISO-8859-1", "windows-1252", id="latin1"),
        pytest.param(GERMAN.encode("latin-1"), " latin1 ", "windows-1252", id="label with spaces"),
        pytest.param(CHINESE.encode("gbk"), "gb2312", "gb18030", id="gb2312"),
        pytest.param(JAPANESE.encode("cp932"), "Shift_JIS", "cp932", id="shift_jis"),
        pytest.param(JAPANESE.encode("iso-2022-jp"), "iso-2022-jp", "iso2022-jp", id="iso-2022-jp"),
        pytest.param(KOREAN.encode("euc-kr"), "euc-kr", "cp949", id="euc-kr"),
        pytest.param(GERMAN.encode(), "iso-8859-1", "utf-8", id="UTF-8 declared as latin1"),
        pytest.param(CHINESE.encode(), "gb2312", "utf-8", id="UTF-8 declared as gb2312"),
        pytest.param("联通".encode("gbk"), "gb2312", "gb18030", id="two words that pass for UTF-8"),
        pytest.param(b"<p>We help.", "utf-16", "utf-8", id="ASCII declared as UTF-16"),
        pytest.param("<p>größer".encode("utf-16-le"), "utf-16le", "utf-16-le", id="UTF-16 as declared"),
        pytest.param("<p>größer".encode("utf-16-be"), None, "utf-16-be", id="UTF-16 without mark"),
        pytest.param(b"\0<html><p>We help.", None, "utf-8", id="a zero byte before ASCII"),
        pytest.param(b"<\0p>We help.", None, "utf-8", id="a zero byte within ASCII"),
        pytest.param(GERMAN.encode("cp1252"), "utf-8", "windows-1252", id="windows-1252 declared as UTF-8"),
        pytest.param(b"It\x92s a knee.", "utf-8", "windows-1252", id="one apostrophe of windows-1252"),
        pytest.param(GERMAN.encode() + b"\xff", "utf-8", "utf-8", id="UTF-8 with one damage"),
        pytest.param(CHINESE.encode()[:-1], "iso-8859-1", "utf-8", id="UTF-8 cut in a character"),
        pytest.param(b"We help.", "klingon-8", "utf-8", id="unknown label"),
        pytest.param(GERMAN.encode(), "\0\ud800", "utf-8", id="label of garbage"),
        pytest.param(enclose(RUSSIAN, "<meta charset=windows-1251>").encode("cp1251"), None, "windows-1251", id="meta"),
        pytest.param(
            enclose(RUSSIAN, "<META Content='text/html; charset=koi8-r' HTTP-EQUIV=Content-Type>").encode("koi8-r"),
            None,
            "koi8-r",
            id="meta http-equiv",
        ),
        pytest.param(
            enclose("x", "<meta name=d content='charset=koi8-r'><meta charset='latin2'>").encode(),
            None,
            "iso8859-2",
            id="meta that only speaks of it",
        ),
        pytest.param(
            enclose("x", "<!-- <meta charset=koi8-r> --><meta charset=latin2>").encode(),
            None,
            "iso8859-2",
            id="meta in a comment",
        ),
        pytest.param(enclose("x", "<meta charset=utf-16>").encode(), None, "utf-8", id="meta that cannot be"),
        pytest.param(
            enclose(RUSSIAN, "<meta charset=koi8-r>").encode("cp1251"),
            "cp1251",
            "windows-1251",
            id="header before meta",
        ),
        pytest.param(b"<?xml version='1.0' encoding='latin2'?><html>", None, "iso8859-2", id="declaration of XML"),
        pytest.param(enclose(GERMAN * 3).encode("cp1252"), None, "windows-1252", id="undeclared German"),
        pytest.param(enclose(RUSSIAN * 3).encode("cp1251"), None, "windows-1251", id="undeclared Russian"),
        pytest.param(enclose(CHINESE * 3).encode("gb18030"), None, "gb18030", id="undeclared Chinese"),
        pytest.param(enclose(JAPANESE * 3).encode("cp932"), None, "cp932", id="undeclared Japanese"),
        pytest.param(enclose(KOREAN * 3).encode("cp949"), None, "cp949", id="undeclared Korean"),
        pytest.param(enclose(THAI * 3).encode("cp874"), None, "cp874", id="undeclared Thai"),
        pytest.param(b"", None, "utf-8", id="empty"),
        pytest.param(bytes(range(256)) * 200, None, "windows-1252", id="garbage"),
    ],
)
def test_an_encoding_is_what_the_bytes_allow_of_what_was_declared(
    body: bytes, declared: str | None, expected: str
) -> None:
    """Mark, header, meta and guess are asked in this order, and none is believed against the bytes."""
    assert expected == detect_charset(body, declared=declared)


def test_python_can_decode_every_encoding_that_is_named() -> None:
    """No name is given that a reader could not use."""
    assert set() == {name for name in CHARSETS if not codecs.lookup(name)._is_text_encoding}


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/html; charset=UTF-8", "UTF-8"),
        ('text/html;charset="gbk";x=y', "gbk"),
        ("text/html; Charset = koi8-r", "koi8-r"),
        ("text/html", None),
        (None, None),
    ],
)
def test_a_label_is_read_from_a_content_type(content_type: str | None, expected: str | None) -> None:
    """Quotes, spaces and capitals in a header do not matter."""
    assert expected == read_label(content_type)


def test_a_hostile_header_is_read_in_linear_time() -> None:
    """A header of nothing but spaces is answered at once."""
    assert read_label("charset=" + " " * 100_000 + ";") is None


def test_hostile_markup_in_the_head_is_read_in_bounded_time() -> None:
    """A body of nothing but openings is answered at once, because only its first bytes are searched."""
    bodies = [
        piece * 200_000
        for piece in (b"<meta ", b"<!--", b"<meta charset", b"<?xml ", b"a='", b"\xc3", b"<meta " + b"a" * 99)
    ]

    assert {detect_charset(body, declared=None) for body in bodies} <= CHARSETS
