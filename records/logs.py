"""The last net under the logs: what must not be written is masked there too (requirements R12).

No log line is meant to hold a caller's words; an error of a library might.
"""

from __future__ import annotations

import logging

from records.masking import mask


class MaskedLog(logging.Filter):
    """For a log handler: masks messages, and the text of errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record; it is always kept."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            return True  # the handler reports a message that does not fit its arguments
        masked, kinds = mask(text)
        if kinds:
            record.msg, record.args = masked, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask(record.exc_text)[0]
        return True
