"""The button for the town's own site: `/embed.js` puts it there, `/embed` is the small page in it.

Only the origins that the town listed may show it (CSP frame-ancestors); without any there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")


def checked_origin(origin: str) -> str:
    """An origin that may show the button.

    Raises:
        ValueError: it is none; one sentence.
    """
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(
            f"{origin!r} is no origin such as https://www.saint-aubin.example: https, a host in "
            "lower case, no path and no slash at the end"
        )
    return origin


def headers_for(headers: dict[str, str], origins: Sequence[str]) -> dict[str, str]:
    """The page's headers, with these origins allowed to frame it."""
    policy = headers["Content-Security-Policy"]
    framed = policy.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(origins)}")
    return {**headers, "Content-Security-Policy": framed}
