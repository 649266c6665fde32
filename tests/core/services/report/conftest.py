"""Reading a report again: its tables, its texts, and whether it is well formed."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest

from core.settings import Settings
from core.workspace import Workspace, open_workspace

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """A page taken apart.

    Attributes:
        tables: Class and id of each table, and its rows of texts.
        captions: Text above each table, "" without one.
        texts: Everything written outside of styles.
        attributes: Every attribute's name and value.
        tags: Every tag that was opened.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.captions: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self._caption = ""
        self.feed(html)
        self.close()
        assert self._open == [], f"never closed: {self._open}"

    def table(self, name: str, caption: str = "") -> list[list[str]]:
        """Return the rows of the first table of a class or id whose caption contains a text."""
        for (known, rows), above in zip(self.tables, self.captions, strict=True):
            if known == name and caption in above:
                return rows
        raise AssertionError(f"no table {name!r} under {caption!r} in {self.captions}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)
        named = dict(attrs)
        if tag == "figcaption":
            self._caption = ""
        if tag == "table":
            self.tables.append((named.get("id") or named.get("class") or "", []))
            self.captions.append(self._caption)
        if tag == "tr":
            self.tables[-1][1].append([])
        if tag in ("td", "th"):
            self.tables[-1][1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.texts.append(data)
        if "figcaption" in self._open:
            self._caption += data
        if {"td", "th"} & set(self._open[-4:]):
            cells = self.tables[-1][1][-1]
            cells[-1] = f"{cells[-1]} {' '.join(data.split())}".strip()


@pytest.fixture(scope="session")
def page_of() -> Callable[[str], Page]:
    """Return the function that takes a page apart."""
    return Page


@pytest.fixture(scope="module")
def filled(
    tmp_path_factory: pytest.TempPathFactory, fill: Callable[..., None]
) -> Iterator[Workspace]:
    """A filled workspace that tests only read."""
    folder = tmp_path_factory.mktemp("filled")
    workspace = open_workspace(Settings(data=folder / "data", database_url=None))
    fill(workspace)
    yield workspace
    workspace.engine.dispose()
