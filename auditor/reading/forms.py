"""Forms: what they ask of a visitor, and what for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.models import Field, Form
from auditor.reading.links import is_dead, resolve_address
from auditor.reading.normalising import normalise_text
from auditor.reading.remembering import remember_further

if TYPE_CHECKING:
    from auditor.reading.content import Content, Entry, Sheet

LONGEST_LABEL = 300

_ASKS_BY_TYPE = {
    "email": "email",
    "tel": "telephone",
    "search": "search",
    "password": "password",
    "file": "file",
    "date": "date",
    "datetime-local": "date",
    "month": "date",
    "time": "date",
}
# In this order: a field "e-mail address" asks for an e-mail, "name of your condition" for a condition. First parts of
# words, with a line between two words of one part, then words with their edges: to compile an expression for each takes
# longer than to read all fields of a page.
_ASKS = tuple(
    (asks, tuple(part.replace("_", " ") for part in parts.split()), words)
    for asks, parts, words in (
        (
            "consent",
            "consent privacy gdpr terms agree datenschutz einwillig acepto privacidad соглас kvkk 同意 隐私 個人情報",
            (),
        ),
        ("password", "password passwort contraseña пароль parola şifre 密码 パスワード", ()),
        ("email", "email correo 邮箱 郵箱 电子邮件 メール почт eposta", ()),
        (
            "telephone",
            "phone telefon teléfono telefono mobile handy whatsapp lineid line_id wechat телефон 电话 電話 手机 微信 携帯",
            (" tel ", " cell "),
        ),
        (
            "condition",
            (
                "condition diagnos disease symptom illness treatment procedure medical health beschwerde erkrankung krankheit"
                " behandlung enfermedad tratamiento afección síntoma диагноз болезн лечени hastalık tedavi şikayet"
                " 病 症状 治疗 治療 疾患 診療"
            ),
            (),
        ),
        ("search", "buscar поиск 搜索 検索", (" search ", " suche ", " ara ")),
        (
            "message",
            (
                "message comment question enquiry inquiry nachricht mensaje comentario consulta сообщ вопрос mesaj"
                " 留言 咨询 内容 メッセージ お問い合わせ お問い合せ お問合わせ お問合せ"
            ),
            (),
        ),
        (
            "date",
            "birth appointment_time datum fecha дата tarih 日期 日付 日時 希望日 生年月日",
            (" date ", " day "),
        ),
        (
            "address",
            "address street country postal adres dirección ciudad país адрес город ülke şehir 地址 国家 城市 住所 都道府県",
            (" city ", " zip ", "state ", " ort ", " land "),
        ),
        (
            "name",
            (
                "firstname first_name lastname last_name fullname full_name yourname your_name surname sur_name"
                " vorname nachname nombre apellido имя фио isim soyad 姓名 名前 氏名 お名前"
            ),
            (" name ", " fname ", " lname ", " ad "),
        ),
    )
)
_WORD_BREAK = r"[_\[\]{}.\-]+"
_WORD = r"\w+"
_ASKED = frozenset(asks for asks, _, _ in _ASKS if asks != "consent")
"""What any field may ask; consent is given by ticking a box."""
_NEWSLETTER = (
    "newsletter", "subscri", "mailing list", "abonn", "suscri", "boletín", "mailchimp", "klaviyo", "рассылк", "подпис", "bülten",
    "订阅", "訂閱", "メルマガ", "signup", "sign up", "sign-up",
)  # fmt: skip
_SEARCH = r"\bsearch|suche|buscar|поиск|搜索|検索"
_LOGIN = r"log[ -]?in\b|sign[ -]?in\b|anmeld|iniciar sesión|войти|giriş|登录|登入|ログイン"
_PERSONAL = frozenset(("name", "telephone", "email"))


def read_forms(content: Content, base: str | None) -> tuple[Form, ...]:
    """Return the forms of a page; fields outside of any form count if they ask who the visitor is."""
    forms = (_read_form(sheet, content, base) for sheet in content.sheets)
    return tuple(form for form in forms if form.fields or form.text)


@remember_further
def classify_field(words: str, kind: str) -> str:
    """Return what a field of type *kind*, with these words around it, asks."""
    asks = _ASKS_BY_TYPE.get(kind)
    if asks is not None:
        return asks
    folded = re.sub(_WORD_BREAK, " ", words.lower())
    if "@" in words:
        return "email"
    spaced = f" {' '.join(re.findall(_WORD, folded))} "
    wanted = ("consent", "condition") if kind == "checkbox" else _ASKED
    for asks, parts, words_with_edges in _ASKS:
        if asks in wanted and (
            any(part in folded for part in parts) or any(word in spaced for word in words_with_edges)
        ):
            return asks
    return "message" if kind == "textarea" else "other"


def _read_form(sheet: Sheet, content: Content, base: str | None) -> Form:
    """Return one form as a visitor meets it."""
    fields = tuple(_read_field(entry, content) for entry in sheet.entries)
    return Form(
        action=_read_action(sheet.action, base),
        method=sheet.method,
        fields=fields,
        text=sheet.text,
        landmark=sheet.landmark,
        purpose=_judge_purpose(sheet, fields),
        passage=sheet.passage,
    )


def _read_action(action: str, base: str | None) -> str:
    """Return where a form posts: its own page if it does not say, nowhere if a script takes it."""
    if not action:
        return base or ""
    return "" if is_dead(action) else resolve_address(action, base)


def _read_field(entry: Entry, content: Content) -> Field:
    """Return one field with the words that a visitor reads at it."""
    label = content.labels.get(entry.id, "") if entry.id else ""
    label = label or (_read_label(entry.label) if entry.label else "") or entry.hint
    words = f"{entry.name} {label} {entry.hint} {entry.id}"[:400]
    return Field(
        name=entry.name,
        type=entry.type,
        label=label[:LONGEST_LABEL],
        asks=classify_field(words, entry.type),
        required=entry.required,
    )


def _read_label(parts: list[str]) -> str:
    """Return the beginning of a label's words: one label may hold thousands of fields, each of which asks for them."""
    kept = []
    left = 4 * LONGEST_LABEL
    for part in parts:
        kept.append(part[:left])
        left -= len(part)
        if left <= 0:
            break
    return normalise_text("".join(kept))


def _judge_purpose(sheet: Sheet, fields: tuple[Field, ...]) -> str:
    """Return what the form is for."""
    asks = {field.asks for field in fields}
    words = f"{sheet.words} {sheet.text}".lower()
    if "password" in asks:
        return "login"
    if "search" in asks and not asks & _PERSONAL:
        return "search"
    if len(fields) == 1 and (fields[0].name in {"s", "q", "query", "keyword", "keywords"} or re.search(_SEARCH, words)):
        return "search"
    if "email" in asks and not asks & {"telephone", "message", "condition", "date"}:
        return "contact" if "name" in asks and not any(word in words for word in _NEWSLETTER) else "newsletter"
    if asks & {"telephone", "message", "condition", "email", "date"}:
        return "contact"
    return "login" if re.search(_LOGIN, words) else "other"
