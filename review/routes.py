"""Routes that each name the right they need; one without cannot be added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse

from review.gate import Gate, Visitor
from review.rights import Right

Handler = TypeVar("Handler", bound=Callable[..., Any])


def visitor(request: Request) -> Visitor:
    """Who asks, as the gate let in."""
    found: Visitor = request.state.visitor
    return found


Who = Annotated[Visitor, Depends(visitor)]


class Routes:
    """Adds routes to the application and remembers what each needs."""

    def __init__(self, app: FastAPI, gate: Gate) -> None:
        self._app = app
        self._gate = gate
        self.rights: dict[tuple[str, str], Right] = {}  #: by method and path

    def page(self, path: str, right: Right) -> Callable[[Handler], Handler]:
        """A page for people."""
        return self._add("GET", path, right, response_class=HTMLResponse, include_in_schema=False)

    def form(self, path: str, right: Right) -> Callable[[Handler], Handler]:
        """What a page's form sends."""
        return self._add("POST", path, right, include_in_schema=False)

    def api(
        self, method: str, path: str, right: Right, **more: Any
    ) -> Callable[[Handler], Handler]:
        """A route of the JSON API, in the OpenAPI."""
        return self._add(method, path, right, openapi_extra={"x-right": right.value}, **more)

    def _add(
        self, method: str, path: str, right: Right, **more: Any
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.rights[method, path] = right
            # the gate comes first: nothing is read of a request that is turned away
            enter = [Depends(self._gate.needs(right))]
            self._app.add_api_route(path, handler, methods=[method], dependencies=enter, **more)
            return handler

        return add
