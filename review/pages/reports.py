"""The month's report: a page to print, JSON and CSV. It holds no words and no small numbers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from review.charts import by_hour
from review.desk import ReviewDesk
from review.gate import Refusal
from review.render import Pages
from review.reports import Report, as_csv, months_of, name_of, of_month, parse_month, title_of
from review.rights import Right
from review.routes import Routes, Who

Month = Annotated[str, Query(max_length=10, description="Such as 2026-11; empty: this month.")]


class ReportPages:
    """Monthly reports."""

    def __init__(self, desk: ReviewDesk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def add(self, routes: Routes) -> None:
        """Add the routes of this file."""
        routes.page("/reports", Right.FIGURES)(self.page)
        routes.api("GET", "/api/reports", Right.FIGURES)(self.report)
        routes.api("GET", "/api/reports/month.csv", Right.FIGURES, response_class=Response)(
            self.csv
        )

    def page(self, request: Request, who: Who, month: Month = "") -> Response:
        """The report of a month."""
        first = self._first(month)
        report = of_month(self._desk, first)
        hours = report.table("hour")
        rows = hours.rows if hours else ()
        values = {
            "report": report,
            "title": title_of(first),
            "chart": by_hour({int(row.key): row.count or 0 for row in rows}, {}, {}),
            "hidden_hours": {int(row.key) for row in rows if row.count is None},
            "months": [(one, name_of(parse_month(one))) for one in months_of(self._desk)],
        }
        return self._pages.show(request, "reports.html", values)

    def report(self, who: Who, month: Month = "") -> Report:
        """The report of a month; a count that is null is hidden, to protect small numbers."""
        return of_month(self._desk, self._first(month))

    def csv(self, who: Who, month: Month = "") -> Response:
        """The same as CSV; a hidden count is "s"."""
        report = of_month(self._desk, self._first(month))
        headers = {"Content-Disposition": f'attachment; filename="rapport-{report.month}.csv"'}
        return Response(as_csv(report), media_type="text/csv; charset=utf-8", headers=headers)

    def _first(self, month: str) -> date:
        try:
            first = parse_month(month) if month.strip() else self._desk.today.replace(day=1)
        except ValueError as error:
            said = str(error)
            raise Refusal(422, f"{said[:1].upper()}{said[1:]}.") from None
        if first > self._desk.today:
            raise Refusal(422, "Ce mois n'a pas commencé.")
        return first
