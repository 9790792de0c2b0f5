"""What can go wrong with one attempt; the messages name no number, no address and no secret.

SendingFailed         tried again later, with the same key
└── SendingRefused    the message itself was refused: trying again would not help
"""

from __future__ import annotations


class SendingFailed(Exception):
    """This attempt did not succeed."""


class SendingRefused(SendingFailed):
    """The message will never be taken: a wrong number, a text that the gateway forbids."""
