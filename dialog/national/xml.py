"""XML from outside, read without the features that make it dangerous."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from dialog.national.errors import Refused

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element as _Element

Element: TypeAlias = "_Element"


def parse(content: bytes) -> Element:
    """The root of a document.

    Raises:
        Refused: it is not well-formed, or declares entities or a DTD (those of DILA never do).
    """
    try:
        root: Element = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Refused("declares a DTD or entities, which could do harm") from None
    except (defusedxml.ElementTree.ParseError, ValueError, LookupError):
        raise Refused("is not well-formed XML") from None
    return root
