"""Errors of running the program.

CannotStart                 exit code 78 (EX_CONFIG): a service manager must not loop on it
├── ConfigError             the configuration is wrong: file, key, remedy
└── (raised with the cause of a part that cannot be opened)
"""

from __future__ import annotations

EXIT_CANNOT_START = 78  #: sysexits.h EX_CONFIG; documented in docs/operate.md


class CannotStart(Exception):
    """The program cannot do what was asked; the message is one sentence with the remedy."""


class ConfigError(CannotStart):
    """The town's configuration is not usable."""
