"""Jinja templates: ours, quick and kept compiled, and those of a user, in a sandbox and with their mistakes told.

The last gate stands here: no string reaches a page without being cleaned and escaped, whatever it came from.
"""

from __future__ import annotations

import os
import stat
from base64 import b64encode
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from auditor.errors import TemplateError
from auditor.reporting.catalogue import say, say_many
from auditor.reporting.cleaning import clean_text
from auditor.reporting.linking import link_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jinja2 import BaseLoader, BytecodeCache, Environment
    from jinja2.lexer import TokenStream

TEMPLATES = Path(__file__).parent / "templates"
OURS = "auditor"
"""Name under which a template of the user's own finds ours: ``{% extends "auditor/report.html" %}``."""
MOST_STEPS = 2_000_000
"""Rounds of loops and calls of macros in a template of the user's own; ours need a hundredth for the largest report."""
MOST_SECONDS = 60
MOST_CHARACTERS = 50_000_000
MOST_MEMORY = 1_000_000_000
"""Bytes that a template of the user's own may take besides what the program has already."""
_MOST_DIGITS = 1_000
_TOO_LARGE = "stopped, because it takes more memory than any page needs"


def find_cache(environ: dict[str, str] | None = None) -> Path:
    """Return the user's folder for what can be made again."""
    known = os.environ if environ is None else environ
    named = known.get("XDG_CACHE_HOME", "")
    # A relative path would put the cache, which is code, where someone else may write.
    root = Path(named) if named and Path(named).is_absolute() else Path(known.get("HOME") or Path.home()) / ".cache"
    return root / "clinic-auditor"


def fill_template(name: str, values: dict[str, Any], *, folder: Path | None = None, cache: Path | None = None) -> str:
    """Return the template *name* filled with *values*: the one in *folder*, where the user has one there, or ours.

    What a template prints is escaped for HTML, or for Markdown if *name* ends in ``.md``. Compiled templates of ours are
    kept in the folder *cache*. Raises TemplateError with file and line for a mistake in a template of the user's.
    """
    if folder is not None:
        return _fill_apart(folder, name, values)
    environment = _load_environment(name.rpartition(".")[2], cache or find_cache())
    try:
        template = environment.get_template(name)
    except OSError:  # a full disk, or a folder that someone took away
        template = _build_environment(_read_ours(), name.rpartition(".")[2]).get_template(name)
    return template.render(values)


# --- our own -----------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _load_environment(form: str, cache: Path) -> Environment:
    return _build_environment(_read_ours(), form, cache=_open_cache(cache))


def _read_ours() -> BaseLoader:
    from jinja2 import FileSystemLoader

    return FileSystemLoader(TEMPLATES)


def _build_environment(
    loader: BaseLoader, form: str, *, cache: BytecodeCache | None = None, sandboxed: bool = False
) -> Environment:
    from jinja2 import Environment, StrictUndefined

    environment = (_build_sandbox() if sandboxed else Environment)(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=cache,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_clean_markdown if form == "md" else _clean_html,
    )
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["autolink"] = _link_markdown
    environment.globals |= {
        "_": say,
        "gettext": say,
        "ngettext": say_many,
        "embed": _make_embed(environment),
        "digest": _digest,
    }
    return environment


def _clean_html(value: Any) -> Any:
    return clean_text(value) if type(value) is str else value


def _clean_markdown(value: Any) -> Any:
    if type(value) is not str:
        return value
    from markupsafe import Markup

    from auditor.reporting.marking import escape_markdown

    return Markup(escape_markdown(clean_text(value)))  # noqa: S704  escaped for Markdown, where HTML's way would be wrong


def _link_markdown(url: str) -> str:
    """Return *url* as a link in Markdown, if a reader may follow it."""
    from markupsafe import Markup

    if link_url(url) is None or not url.isascii() or "<" in url or ">" in url:
        return url
    return Markup(f"<{url}>")  # noqa: S704  a plain web address between the signs that make it a link


def _make_embed(environment: Environment) -> Callable[[str], str]:
    """Return what gives a template a style or script as it stands.

    A closure, because the sandbox lets a template read the attributes of a partial, and with them the environment.
    """
    from markupsafe import Markup

    def embed(name: str) -> str:
        assert environment.loader is not None
        return Markup(environment.loader.get_source(environment, name)[0])  # noqa: S704  a file beside the templates, and the policy names its digest

    return embed


def _digest(text: str) -> str:
    """Return the digest of an embedded style or script by which the page's policy knows it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _open_cache(folder: Path) -> BytecodeCache | None:
    """Return a cache in *folder* if nobody else can write there: what it holds is run."""
    from jinja2 import FileSystemBytecodeCache

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    owned = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    private = os.name == "nt" or not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not (stat.S_ISDIR(found.st_mode) and owned and private and os.access(folder, os.W_OK)):
        return None
    return FileSystemBytecodeCache(str(folder))


# --- the user's own ----------------------------------------------------------------------------


def _fill_apart(folder: Path, name: str, values: dict[str, Any]) -> str:
    """Fill the user's template in a process of its own: a single filter can fill the memory, or take for ever."""
    from auditor.reporting.confining import call_apart

    try:
        # The steps are counted until the time is over, and tell the line: they come first.
        text, mistake = call_apart(
            partial(_fill_or_tell, folder, name, values), seconds=MOST_SECONDS + 1, memory=MOST_MEMORY
        )
    except TimeoutError as error:
        raise TemplateError(folder / name, None, f"stopped after {MOST_SECONDS} seconds") from error
    except MemoryError as error:
        raise TemplateError(folder / name, None, _TOO_LARGE) from error
    if mistake:
        raise TemplateError(*mistake)
    return text


def _fill_or_tell(
    folder: Path, name: str, values: dict[str, Any]
) -> tuple[str, tuple[Path | str, int | None, str] | None]:
    """Return what filling the template gives, and the mistake in it in place of an error, which cannot be sent."""
    try:
        return _fill_own(folder, name, values), None
    except TemplateError as error:
        return "", (error.path, error.line, error.problem)


def _fill_own(folder: Path, name: str, values: dict[str, Any]) -> str:
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, TemplatesNotFound, TemplateSyntaxError
    from jinja2 import TemplateError as JinjaError

    _check_files(folder)
    ours = FileSystemLoader(TEMPLATES)
    loader = ChoiceLoader([FileSystemLoader(folder), PrefixLoader({OURS: ours}), ours])
    environment = _build_environment(loader, name.rpartition(".")[2], sandboxed=True)
    try:
        return "".join(_limit_pieces(environment.get_template(name).generate(values)))
    except TemplateSyntaxError as error:
        raise TemplateError(
            error.filename or folder / (error.name or name), error.lineno, error.message or ""
        ) from error
    except UnicodeDecodeError as error:
        raise TemplateError(folder, None, "a template is not in UTF-8") from error
    except TemplatesNotFound as error:
        raise TemplateError(
            folder / name, _find_line(error, folder), f"there is no template {error.message}"
        ) from error
    except JinjaError as error:
        raise _tell(error, folder, name, _find_missing(error)) from error
    except MemoryError as error:
        raise _tell(error, folder, name, _TOO_LARGE) from error
    except Exception as error:
        raise _tell(error, folder, name, f"{type(error).__name__}: {error}") from error


def _check_files(folder: Path) -> None:
    """Refuse a *folder* of which templates would be passed over silently: it has none, or what has their names is no file."""
    names = {path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.*")}
    paths = sorted({folder / name for name in names} | set((folder / "letters").glob("*.md")))
    held = [path for path in paths if os.path.lexists(path)]
    for path in held:
        if not path.is_file():
            raise TemplateError(path, None, "a template has to be a file, and this is none")
    if not held:
        raise TemplateError(folder, None, "holds no template, such as report.html; reports/README.md names them all")


def _build_sandbox() -> type[Environment]:
    """Return the kind of environment in which a template of the user's own is kept from doing harm, or from never ending."""
    from jinja2 import TemplateRuntimeError
    from jinja2.ext import Extension
    from jinja2.lexer import Token
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class CountedSteps(Extension):
        """Counts every template, round of a loop and call of a macro, for the sandbox knows no end of time."""

        def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
            yield from _count_step(Token, 1)
            tag: str | None = None
            for token in stream:
                yield token
                if token.type == "block_begin":
                    tag = ""
                elif tag == "":
                    tag = str(token.value)
                elif token.type == "block_end":
                    if tag in ("for", "macro", "call"):
                        yield from _count_step(Token, token.lineno)
                    tag = None

    class Sandbox(ImmutableSandboxedEnvironment):
        """Without numbers and repetitions that would fill the memory in one step."""

        intercepted_binops = frozenset({"*", "**"})

        def __init__(self, **options: Any) -> None:
            # The tag {% trans %} is for templates of the user's own; ours say {{ _("…") }}, which needs no extension.
            super().__init__(**options, extensions=["jinja2.ext.i18n", "jinja2.ext.do", CountedSteps])
            self.globals[_STEP] = _make_counter()
            del self.globals["lipsum"]

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if _is_boundless(operator, left, right):
                raise TemplateRuntimeError(f"what {operator} gives is too large")
            return super().call_binop(context, operator, left, right)

    return Sandbox


_STEP = "count_step_of_the_sandbox"


def _count_step(token: Callable[[int, str, str], Any], line: int) -> Iterator[Any]:
    """Yield what Jinja's lexer makes of ``{% do count_step_of_the_sandbox() %}``."""
    for kind, value in (
        ("block_begin", "{%"),
        ("name", "do"),
        ("name", _STEP),
        ("lparen", "("),
        ("rparen", ")"),
        ("block_end", "%}"),
    ):
        yield token(line, kind, value)


def _make_counter() -> Callable[[], None]:
    """Return what raises once it was called too often, or too long after it was made."""
    from jinja2 import TemplateRuntimeError

    steps, deadline = 0, monotonic() + MOST_SECONDS

    def count_step() -> None:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            raise TemplateRuntimeError(f"stopped after {MOST_STEPS:,} rounds of its loops and calls of its macros")
        if monotonic() > deadline:
            raise TemplateRuntimeError(f"stopped after {MOST_SECONDS} seconds")

    return count_step


def _limit_pieces(pieces: Iterator[str]) -> Iterator[str]:
    """Yield *pieces* as long as they make a page that someone could open."""
    from jinja2 import TemplateRuntimeError

    written = 0
    for piece in pieces:
        written += len(piece)
        if written > MOST_CHARACTERS:
            raise TemplateRuntimeError(f"stopped after {MOST_CHARACTERS:,} characters")
        yield piece


def _is_boundless(operator: str, left: Any, right: Any) -> bool:
    """Tell whether a product or power is larger than any page needs."""
    if isinstance(left, int) and isinstance(right, int):
        digits = left.bit_length() * max(right, 1) if operator == "**" else left.bit_length() + right.bit_length()
        return digits > _MOST_DIGITS
    sizes = [len(each) for each in (left, right) if isinstance(each, (str, bytes, list, tuple))]
    times = [each for each in (left, right) if isinstance(each, int)]
    return bool(sizes and times) and sizes[0] * times[0] > MOST_CHARACTERS


def _find_missing(error: Exception) -> str:
    from jinja2 import TemplateNotFound

    return f"there is no template {error}" if isinstance(error, TemplateNotFound) else str(error)


def _tell(error: Exception, folder: Path, name: str, problem: str) -> TemplateError:
    """Return what went wrong with the place in the user's template; Jinja puts templates into the traceback."""
    path, line = _find_place(error, folder) or (folder / name, None)
    return TemplateError(path, line, problem)


def _find_line(error: Exception, folder: Path) -> int | None:
    place = _find_place(error, folder)
    return place[1] if place else None


def _find_place(error: Exception, folder: Path) -> tuple[Path, int] | None:
    place = None
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if folder in path.parents:
            place = path, trace.tb_lineno
        trace = trace.tb_next
    return place
