"""The last net under the logs: what must not be written is masked there too (requirements R12).

No log line is meant to hold a caller's words; an error of a library might.
"""

from __future__ import annotations

import logging
import re

from records.masking import mask

_GAP = r"[ .\-]?"
#: French telephone numbers in any grouping, and international ones; the last four digits stay
_PHONE = re.compile(
    rf"(?<![\w.+-])(?:(?:0|(?:\+|00)33{_GAP}0?)[1-9](?:{_GAP}\d){{4}}|\+\d{{4,11}}?)"
    rf"(?P<last>{_GAP}\d(?:{_GAP}\d){{3}})(?![\w-]|\.\d)"
)


class MaskedLog(logging.Filter):
    """For a log handler: masks messages, and the text of errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record; it is always kept."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            return True  # the handler reports a message that does not fit its arguments
        masked = masked_line(text)
        if masked != text:
            record.msg, record.args = masked, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = masked_line(record.exc_text)
        return True


def masked_line(text: str) -> str:
    """A line of the log without what must not stand there."""
    return _PHONE.sub(lambda found: "…" + found["last"].strip(" .-"), mask(text)[0])
