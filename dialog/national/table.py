"""Tables, said row by row: "Prix du véhicule : moins de 45 000 € ; Montant : 9 500 €."."""

from __future__ import annotations

import re
from collections.abc import Callable

from dialog.national.prose import sentence, words
from dialog.national.xml import Element

_INNER_END = re.compile(r"(?<=[^\W\d])\.\s+(?=[A-ZÀÂÇÉÈÊÎÔ])")
MOST_WORDS = 90  #: of one paragraph; a longer table goes on in another one
MOST_COLUMNS = 20
MOST_SPAN = 100  #: no table of DILA is larger; a hostile one must not fill the memory

Say = Callable[[Element], str]  #: the text of one cell


def rows(table: Element, say: Say) -> list[str]:
    """Paragraphs with one sentence for each row, its columns named; the title opens each."""
    heads: dict[int, str] = {}
    said: list[str] = []
    head_above = False
    for row in _grid(table, say):
        if row.is_head:
            if not head_above:
                heads = {}
            for column, text in row.cells.items():
                above = heads.get(column, "")
                same = not text or text == above
                heads[column] = above if same else f"{above}, {text}" if above else text
        elif text := _row(row.cells, heads):
            said.append(sentence(text))
        head_above = row.is_head
    title = table.find("Titre")
    name = sentence(words(title)) if title is not None else ""
    return _paragraphs(name, said)


def _paragraphs(name: str, said: list[str]) -> list[str]:
    """The rows in paragraphs of a bearable length."""
    found: list[str] = []
    count = 0
    for text in said:
        length = len(text.split())
        if found and count + length <= MOST_WORDS:
            found[-1] += f" {text}"
            count += length
        else:
            found.append(f"{name} {text}".lstrip())
            count = length + len(name.split())
    return found


class _Row:
    def __init__(self, is_head: bool) -> None:
        self.is_head = is_head
        self.cells: dict[int, str] = {}


def _grid(table: Element, say: Say) -> list[_Row]:
    """Rows with every cell where it is seen: one that spans rows or columns stands in each."""
    found: list[_Row] = []
    from_above: dict[int, tuple[int, str]] = {}  # column: rows still to come, text
    for element in table.findall("Rangée"):
        row = _Row(element.get("type") == "header")
        column = 0
        for cell in element.findall("Cellule"):
            column = _inherit(row, from_above, column)
            text = _INNER_END.sub(" ; ", say(cell)).rstrip(" .;")
            tall = _span(cell, "fusionVerticale")
            wide = min(_span(cell, "fusionHorizontale"), MOST_COLUMNS)
            for place in range(column, column + wide):
                row.cells[place] = text
                if tall > 1:
                    from_above[place] = (tall - 1, text)
            column += wide
        for place in sorted(from_above):
            if place >= column:
                _inherit(row, from_above, place)
        found.append(row)
    return found


def _inherit(row: _Row, from_above: dict[int, tuple[int, str]], column: int) -> int:
    """Take over the cells that reach down into this row; returns the next free column."""
    while column in from_above and column not in row.cells:
        left, text = from_above[column]
        row.cells[column] = text
        if left > 1:
            from_above[column] = (left - 1, text)
        else:
            del from_above[column]
        column += 1
    return column


def _row(cells: dict[int, str], heads: dict[int, str]) -> str:
    filled = {column: text for column, text in cells.items() if re.search(r"\w", text)}
    texts = [(heads.get(column, ""), text) for column, text in sorted(filled.items())]
    if len({text for _, text in texts}) == 1:  # one cell over all columns
        texts = texts[:1] if len(cells) > 1 and len(texts) > 1 else texts
        if len(texts) == 1 and len(cells) > 1:
            return texts[0][1]
    merged: list[str] = []
    for head, text in texts:
        said = f"{head} : {text}" if head and head != text else text
        if said not in merged:
            merged.append(said)
    if not any(heads.values()) and len(merged) == 2:
        return " : ".join(merged)
    return " ; ".join(merged)


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "")
    return max(1, min(int(value), MOST_SPAN)) if value.isdecimal() else 1
