"""One line of `national.jsonl`: a national sheet with what the town decided about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dialog.national.publication import credit, version_of
from dialog.sheets import DRAFT, VALIDATED, Link, Section, Sheet

STATUSES = {"draft": DRAFT, "validated": VALIDATED}  #: as the file writes them, as sheets do
_WRITTEN = {status: name for name, status in STATUSES.items()}


@dataclass(frozen=True)
class Line:
    """A sheet as it stands in the town's file."""

    sheet: Sheet
    validated_on: date | None = None
    validated_by: str = ""
    withdrawn: bool = False  #: the last whole edition did not have it any more

    @property
    def id(self) -> str:
        """F1341"""
        return self.sheet.id

    @property
    def status(self) -> str:
        """ "draft" or "validated"."""
        return _WRITTEN[self.sheet.status]

    @property
    def spoken(self) -> bool:
        """Whether callers may hear it: validated, and still in the current edition."""
        return self.sheet.status == VALIDATED and not self.withdrawn

    def validated(self, day: date, by: str) -> Line:
        """The same sheet, validated."""
        sheet = replace(self.sheet, status=VALIDATED)
        return replace(self, sheet=sheet, validated_on=day, validated_by=by)

    def renewed(self, sheet: Sheet) -> Line:
        """What is said stays, what stands around it (date, links, theme) is the new edition's."""
        return replace(self, sheet=replace(sheet, status=self.sheet.status), withdrawn=False)

    def written(self) -> str:
        """One line of JSON, without its end."""
        sheet = self.sheet
        value: dict[str, Any] = {
            "id": sheet.id,
            "title": sheet.title,
            "theme": sheet.theme,
            "dossier": sheet.dossier,
            "audience": sheet.audience,
            "updated": sheet.updated.isoformat() if sheet.updated else None,
            "url": sheet.url,
            "status": self.status,
            "validated_on": self.validated_on.isoformat() if self.validated_on else None,
            "validated_by": self.validated_by,
            "sections": [
                {
                    "heading": section.heading,
                    "kind": section.kind,
                    "conditions": section.conditions,
                    "paragraphs": section.paragraphs,
                }
                for section in sheet.sections
            ],
            "links": [{"title": link.title, "url": link.url} for link in sheet.links],
            "see": sheet.see,
            "keywords": sheet.keywords,
            "version": sheet.version,
        }
        if self.withdrawn:
            value["withdrawn"] = True
        return json.dumps(value, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Line:
        """The line that `written` wrote.

        Raises:
            ValueError: it is not one, or its text was changed by hand.
        """
        try:
            line = cls._of(json.loads(text))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"a value is missing or has the wrong type ({error})") from error
        sheet = line.sheet
        if version_of(sheet.title, sheet.sections) != sheet.version:
            raise ValueError(f"the text of {sheet.id} is not the one that its version stands for")
        return line

    @classmethod
    def _of(cls, value: dict[str, Any]) -> Line:
        updated = _day(value["updated"])
        sheet = Sheet(
            id=value["id"],
            title=value["title"],
            service="",
            status=STATUSES[value["status"]],
            owner="DILA",
            questions=(),
            valid_from=None,
            valid_until=None,
            source=credit(updated),
            lang="fr",
            sections=tuple(
                Section(s["heading"], tuple(s["paragraphs"]), s["kind"], tuple(s["conditions"]))
                for s in value["sections"]
            ),
            version=value["version"],
            theme=value["theme"],
            dossier=value["dossier"],
            audience=value["audience"],
            updated=updated,
            url=value["url"],
            links=tuple(Link(link["title"], link["url"]) for link in value["links"]),
            see=tuple(value["see"]),
            keywords=tuple(value["keywords"]),
        )
        withdrawn = value.get("withdrawn", False) is True
        return cls(sheet, _day(value["validated_on"]), value["validated_by"], withdrawn)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
