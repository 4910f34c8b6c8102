"""Tell what bytes are and how they are encoded, from the bytes first and from what was said about them second.

The labels of encodings are those of the WHATWG Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels),
because pages are written for browsers: a page that says latin1 means windows-1252.
"""

from __future__ import annotations

import re

PAGE_TYPES = ("text/html", "application/pdf", "text/plain")

_HEAD = 4096
_SAMPLE = 32_768
_ENOUGH = 8

_OTHER = "other"
_HTML_NAMES = (".html", ".htm", ".xhtml", ".xht", ".shtml", ".php", ".asp", ".aspx", ".jsp")
_TEXT_NAMES = (".txt", ".text", ".md", ".markdown")
_OTHER_NAMES = (".json", ".xml", ".css", ".js", ".csv", ".svg", ".rss", ".atom", ".yaml", ".yml")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_TEXT_TYPES = ("text/plain", "text/markdown", "text/x-markdown")
_UNKNOWN_TYPES = (
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "unknown/unknown",
    "application/unknown",
    "*/*",
)

_MAGIC = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd",
    b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS", b"RIFF",
    b"OggS", b"ID3", b"fLaC", b"\x1aE\xdf\xa3", b"FLV\x01", b"wOFF", b"wOF2", b"\0asm", b"\x7fELF", b"SQLite format 3",
    b"\xd0\xcf\x11\xe0", b"{\\rtf", b"%!PS", b"From: <Saved by", b"WARC/1.",
)  # fmt: skip

_DOCUMENT_TAG = re.compile(rb"<(?:!doctype\s+html|(?:html|head|body|frameset)[\s/>])", re.IGNORECASE)
_TAG = (
    rb"(?i)</?(?:!--|(?:a|address|article|aside|b|base|blockquote|br|button|center|dd|details|div|dl|dt|em|fieldset|figure"
    rb"|font|footer|form|h[1-6]|header|hr|i|iframe|img|input|label|li|link|main|meta|nav|noscript|ol|option|p|picture"
    rb"|pre|script|section|select|small|span|strong|style|table|tbody|td|template|textarea|th|thead|title|tr|u|ul"
    rb"|video)[\s/>])"
)
_XML = rb"(?i)<(?:\?xml|rss|feed|svg|urlset|sitemapindex|rdf:RDF)[\s>]"
_CONTROLS = bytes([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])

_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"<meta[\s/]([^>]*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""(?<![^\s"'/])([^\s"'>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_CHARSET = re.compile(r"""charset\s*=[\s"']*([^\s"';,]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([^"']+)""")
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_HIGH = re.compile(rb"[\x80-\xff]")
_ROW = re.compile(rb"[\x80-\xff]{2}")

# The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-16", "utf-32")

_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    "utf-16-le": "utf-16 utf-16le utf16 unicode unicodefeff ucs-2 iso-10646-ucs-2 csunicode",
    "utf-16-be": "utf-16be unicodefffe",
    "windows-1250": "windows-1250 cp1250 x-cp1250",
    "windows-1251": "windows-1251 cp1251 x-cp1251",
    "windows-1252": "windows-1252 cp1252 x-cp1252 ascii us-ascii ansi_x3.4-1968 latin1 l1 iso-8859-1 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 iso-ir-100 cp819 ibm819 csisolatin1 x-user-defined",
    "windows-1253": "windows-1253 cp1253 x-cp1253",
    "windows-1254": "windows-1254 cp1254 x-cp1254 latin5 l5 iso-8859-9 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 "
    "iso-ir-148 csisolatin5",
    "windows-1255": "windows-1255 cp1255 x-cp1255",
    "windows-1256": "windows-1256 cp1256 x-cp1256",
    "windows-1257": "windows-1257 cp1257 x-cp1257",
    "windows-1258": "windows-1258 cp1258 x-cp1258",
    "cp874": "windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620",
    "iso8859-2": "iso-8859-2 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 iso-ir-101 latin2 l2 csisolatin2",
    "iso8859-3": "iso-8859-3 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 iso-ir-109 latin3 l3 csisolatin3",
    "iso8859-4": "iso-8859-4 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 iso-ir-110 latin4 l4 csisolatin4",
    "iso8859-5": "iso-8859-5 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988 iso-ir-144 cyrillic csisolatincyrillic",
    "iso8859-6": "iso-8859-6 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987 iso-ir-127 arabic asmo-708 ecma-114 "
    "csiso88596e csiso88596i csisolatinarabic iso-8859-6-e iso-8859-6-i",
    "iso8859-7": "iso-8859-7 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 iso-ir-126 greek greek8 ecma-118 elot_928 "
    "csisolatingreek sun_eu_greek",
    "iso8859-8": "iso-8859-8 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 iso-ir-138 hebrew visual logical iso-8859-8-e "
    "iso-8859-8-i csiso88598e csiso88598i csisolatinhebrew",
    "iso8859-10": "iso-8859-10 iso8859-10 iso885910 iso-ir-157 latin6 l6 csisolatin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 csisolatin9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi8-r koi8 koi8_r koi cskoi8r",
    "koi8-u": "koi8-u koi8-ru",
    "cp866": "ibm866 866 cp866 csibm866",
    "mac-roman": "macintosh mac x-mac-roman csmacintosh",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 csiso58gb231280 iso-ir-58",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "cp932": "shift_jis shift-jis sjis x-sjis ms932 ms_kanji windows-31j csshiftjis",
    "euc-jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
    "iso2022-jp": "iso-2022-jp csiso2022jp",
    "cp949": "euc-kr cp949 uhc korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 iso-ir-149 cseuckr csksc56011987",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}

CHARSETS = frozenset({*_LABELS, *(charset for _, charset in _MARKS)})
"""Every name that `detect_charset` may return; Python knows a codec by each."""

# What a page without any declaration is likely to be, the usual first; charset-normalizer uses Python's names.
_LATIN = {"cp1252": "windows-1252", "cp1250": "windows-1250", "cp1254": "windows-1254"}
_GUESSES = {
    **_LATIN,
    "cp1251": "windows-1251", "cp1253": "windows-1253", "cp1255": "windows-1255", "cp1256": "windows-1256",
    "koi8_r": "koi8-r", "gb18030": "gb18030", "big5hkscs": "big5hkscs", "cp932": "cp932", "euc_jp": "euc-jp",
    "cp949": "cp949",
}  # fmt: skip


def sniff_media_type(body: bytes, *, declared: str | None, name: str | None) -> str | None:
    """Return which of `PAGE_TYPES` *body* is, or ``None`` if it is no page.

    *declared* is a Content-Type header, *name* a file name; both only decide what the bytes leave open.
    """
    head = _read_head(body)
    claimed = _claim_type(declared, name)
    if not head:
        return None if claimed == _OTHER else claimed or "text/plain"
    if _holds_pdf(head):
        return "application/pdf"
    if _DOCUMENT_TAG.match(head):
        return "text/html"
    tolerant = claimed == "text/html" or re.match(_TAG, head) is not None
    return None if _is_binary(head, tolerant=tolerant) else _weigh_text(head, claimed)


def detect_charset(body: bytes, *, declared: str | None) -> str:
    """Return the encoding of *body*, one of `CHARSETS`; *declared* is a label from outside, such as a header's.

    A declaration is believed unless the bytes speak against it: UTF-8 rarely arises by chance.
    """
    for mark, marked in _MARKS:
        if body.startswith(mark):
            return marked
    charset = _CODECS.get((declared or "").strip().lower()) or _read_declaration(body[:_HEAD])
    if charset is None and (wide := _guess_wide(body)):
        return wide
    if charset != "utf-8" and _is_really_utf8(body, charset):
        return "utf-8"
    if charset and _decodes(body, charset):
        return charset
    if charset != "utf-8" and _decodes(body, "utf-8"):
        return "utf-8"
    return _guess_charset(body)


def read_label(content_type: str | None) -> str | None:
    """Return the charset label that a Content-Type header holds."""
    match = _CHARSET.search(content_type or "")
    return match[1] if match else None


def _read_head(body: bytes) -> bytes:
    head = body[:_HEAD]
    charset = next((charset for mark, charset in _MARKS if head.startswith(mark)), None) or _guess_wide(head)
    if charset:
        head = head.decode(charset, "replace").encode("utf-8", "replace")
    return head.lstrip(b" \t\r\n\f\x0b")


def _guess_wide(body: bytes) -> str | None:
    """Tell UTF-16 by its zero bytes; a single one, which browsers pass over, must not turn a page into signs."""
    if body.startswith(b"<\0") and not any(body[1:8:2]):
        return "utf-16-le"
    return "utf-16-be" if body.startswith(b"\0<") and not any(body[0:8:2]) else None


def _claim_type(declared: str | None, name: str | None) -> str | None:
    media_type = (declared or "").partition(";")[0].strip().lower()
    suffix = "." + (name or "").lower().rpartition(".")[2]
    if media_type in _UNKNOWN_TYPES:
        types = (("text/html", _HTML_NAMES), ("text/plain", _TEXT_NAMES), ("application/pdf", (".pdf",)))
        claim = next((kind for kind, names in types if suffix in names), None)
        return claim or (_OTHER if suffix in _OTHER_NAMES else None)
    if media_type in _HTML_TYPES:
        return "text/html"
    if media_type in _TEXT_TYPES:
        return "text/plain"
    return media_type if media_type == "application/pdf" else _OTHER


def _holds_pdf(head: bytes) -> bool:
    # Readers accept up to 1,024 bytes of litter before the mark.
    start = head.find(b"%PDF-", 0, 1024)
    return start == 0 or (start > 0 and not head.startswith((*_MAGIC, b"<")) and _is_binary(head, tolerant=False))


def _is_binary(head: bytes, *, tolerant: bool) -> bool:
    if head.startswith(_MAGIC) or head[4:8] == b"ftyp":
        return True
    # A stray control character does not stop a browser, so in what says that it is HTML it must not stop an audit.
    if b"\0" in head and not tolerant:
        return True
    return (len(head) - len(head.translate(None, _CONTROLS))) * 50 > len(head) + 200 * tolerant


def _weigh_text(head: bytes, claimed: str | None) -> str | None:
    if claimed != "text/plain" and _DOCUMENT_TAG.search(head):
        return "text/html"
    if claimed in {"text/html", "text/plain"}:
        return claimed
    if claimed or re.match(_XML, head):
        return None
    return "text/html" if re.search(_TAG, head) else "text/plain"


def _read_declaration(head: bytes) -> str | None:
    stated = _XML_ENCODING.match(head)
    label = stated[1].decode("latin-1") if stated else _read_meta(_COMMENT.sub(b"", head))
    charset = _CODECS.get(label.strip().lower())
    # A declaration that could be read as ASCII cannot stand in UTF-16.
    return "utf-8" if charset in _WIDE else charset


def _read_meta(head: bytes) -> str:
    for meta in _META.finditer(head):
        found = _ATTRIBUTE.findall(meta[1])
        values = {name.lower(): (quoted or single or bare).decode("latin-1") for name, quoted, single, bare in found}
        label: str | None = values.get(b"charset")
        if label is None and values.get(b"http-equiv", "").lower() == "content-type":
            label = read_label(values.get(b"content"))
        if label:
            return label
    return ""


def _is_really_utf8(body: bytes, declared: str | None) -> bool:
    if body.isascii():
        return declared is None or (declared in _WIDE and b"\0" not in body[:_HEAD])
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # The size limit may have cut the last character.
        if error.reason != "unexpected end of data" or error.start < len(body) - 3:
            return False
    if declared in _WIDE:
        return b"\0" not in body[:_HEAD]
    # A few words in a double-byte encoding may pass for UTF-8, a page never does.
    is_single = declared is None or declared.startswith(("windows-", "iso8859"))
    return is_single or len(_MULTIBYTE.findall(_take_sample(body))) >= _ENOUGH


def _decodes(body: bytes, charset: str) -> bool:
    sample = body[:_SAMPLE] if charset in _WIDE else _take_sample(body)
    text = sample.decode(charset, "replace")
    if "\ufffd" not in text:
        return True
    wrong = text.count("\ufffd")
    # Damage is normal in one place or two; where every third character is damaged, the label is wrong.
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return wrong * 3 <= foreign or (wrong <= 1 and charset != "utf-8")


def _take_sample(body: bytes) -> bytes:
    first = None if body.isascii() else _HIGH.search(body)
    return body[first.start() : first.start() + _SAMPLE] if first else body[:_SAMPLE]


def _guess_charset(body: bytes) -> str:
    from charset_normalizer import from_bytes  # heavy, and hardly any page needs it

    sample = _take_sample(body)
    # Letters that are foreign to ASCII stand alone in Latin script and in rows in any other. Thai comes by itself and
    # last: nearly any bytes make Thai letters, so that Korean passes for it.
    for names in (tuple(_GUESSES if _ROW.search(sample) else _LATIN), ("cp874",)):
        best = from_bytes(sample, cp_isolation=list(names), enable_fallback=False).best()
        if best:
            return next((_GUESSES[name] for name in _GUESSES if name in best.could_be_from_charset), "cp874")
    return "windows-1252"
