"""`/metrics` on the web server, for the networks that may read it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from deploy.metrics.registry import CONTENT_TYPE
from deploy.metrics.settings import MetricsSettings

PATH = "/metrics"


def add_metrics(app: FastAPI, settings: MetricsSettings, text: Callable[[], str]) -> None:
    """Serve the figures; nothing when the section says so.

    A reverse proxy on this machine must name the visitor in X-Forwarded-For, as all do by default:
    what it names is judged, not the proxy.
    """
    if not settings.enabled:
        return

    @app.get(PATH, include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Everything that is counted, in the text format of Prometheus."""
        if not settings.may_read(request.client.host if request.client else ""):
            return PlainTextResponse(
                "Only the networks of metrics.allowed may read this.\n", status_code=403
            )
        return Response(text(), media_type=CONTENT_TYPE)
