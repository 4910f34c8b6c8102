"""Elements that are more than text: metadata, frames, scripts and forms."""

from __future__ import annotations

from auditor.models import Frame
from auditor.reading.passages import walk_markup


def test_the_head_is_noted() -> None:
    """Language, base, canonical address and metadata are kept; the first of each counts."""
    content = walk_markup(
        "<html lang=de-AT><head><base href=/b/><link rel=canonical href=/k><meta name=author content='Ann Bolt'>"
        "<meta name=author content='Bo Vane'><meta http-equiv=content-language content=de></head>"
    )

    assert ("de", "/b/", "/k") == (content.language, content.base, content.canonical)
    assert {"author": "Ann Bolt", "content-language": "de"} == content.meta


def test_frames_scripts_and_pixels_are_noted() -> None:
    """Embedded pages, script addresses, code, JSON-LD and pixels are kept apart."""
    content = walk_markup(
        "<iframe src=/map title=Map>No frames</iframe><script src=/a.js></script><script>code()</script>"
        '<script type="application/ld+json">{"name": 1}</script><img src=/p.gif width=1 height=1>'
    )

    assert [Frame(url="/map", title="Map")] == content.frames
    assert ["/map", "/a.js", "/p.gif"] == content.loaded
    assert ["code()"] == content.scripts
    assert ['{"name": 1}'] == content.structured
    assert [] == content.blocks


def test_a_form_is_noted_with_its_fields() -> None:
    """Fields know their labels and hints, the form its button."""
    content = walk_markup(
        "<form action=/send method=POST><label for=n>Name</label><input id=n name=name required><label>Phone <input type=tel name=t></label>"
        "<textarea name=m placeholder='Your case'></textarea><input type=hidden name=h><button>Send</button></form>"
    )
    (sheet,) = content.sheets

    assert ("/send", "post", "Send") == (sheet.action, sheet.method, sheet.text)
    assert [("name", "text", True), ("t", "tel", False), ("m", "textarea", False)] == [
        (entry.name, entry.type, entry.required) for entry in sheet.entries
    ]
    assert {"n": "Name"} == content.labels
    assert "Send" == content.blocks[sheet.passage or 0].text


def test_fields_outside_of_forms_are_kept_together() -> None:
    """A page that gathers fields by script has a form of its own."""
    (sheet,) = walk_markup("<input name=a><p>Text</p><input name=b>").sheets

    assert ["a", "b"] == [entry.name for entry in sheet.entries]
