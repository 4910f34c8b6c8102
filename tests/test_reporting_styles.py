"""Style sheets without what loads, acts or covers."""

from __future__ import annotations

import pytest

from auditor.reporting.styles import disarm_declarations, disarm_sheet, is_hiding


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("h1 { color: red; }", "h1 { color: red; }"),
        ("@media (max-width: 60rem) { p { margin: 0 } }", "@media (max-width: 60rem) { p { margin: 0 } }"),
        ("a { color: red; background: url(https://x.example/a.png) }", "a { color: red;}"),
        ("a { background: u\\72l(https://x.example/a.png) }", "a {}"),
        ("a { background: URL(data:image/png;base64,AA); color: red }", "a {base64,AA); color: red }"),
        ('@import "https://x.example/a.css"; p { top: 0 }', " p { top: 0 }"),
        ("@font-face { font-family: x; src: url(x) } p { top: 0 }", "auditor-none{ font-family: x;} p { top: 0 }"),
        ("div { position: fixed; top: 0 }", "div { top: 0 }"),
        ("p { width: expression(alert(1)) }", "p {}"),
        ("p { behavior: url(x.htc); -moz-binding: url(x) }", "p {}"),
        ("</style><script>alert(1)</script>", ""),
        ("p { color: red", "p { color: red}"),
        ("} } p { color: red }", " p { color: red }"),
        ('p { content: "a;b{" } q { top: 0 }', ""),
        ("/* } url( */ p { top: 0 }", "  p { top: 0 }"),
        ("p { background: image-set('a.png' 1x) }", "p {}"),
        ("p { cursor: url(x), auto }", "p {}"),
    ],
)
def test_a_sheet_keeps_only_looks(sheet: str, expected: str) -> None:
    """What could ask for anything, or lie over the notes, goes; braces stay balanced."""
    disarmed = disarm_sheet(sheet)

    assert expected == disarmed
    assert disarmed.count("{") == disarmed.count("}")


@pytest.mark.parametrize(
    ("declarations", "expected"),
    [
        ("color: red; background-image: url(x)", "color: red;"),
        ("color: red", "color: red"),
        ("color: red } body { display: none", ""),
        ("background: \\75rl(x); top: 0", "top: 0"),
    ],
)
def test_an_attribute_keeps_only_looks(declarations: str, expected: str) -> None:
    """A style attribute cannot leave its element, nor load."""
    assert expected == disarm_declarations(declarations)


@pytest.mark.parametrize(
    ("declarations", "expected"), [("display:none", True), ("VISIBILITY : hidden", True), ("display: flex", False)]
)
def test_hiding_is_seen(declarations: str, expected: bool) -> None:
    """What hides its element is told."""
    assert expected == is_hiding(declarations)
