"""The lines of the table: what was tried, what came of it, what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum


class Verdict(Enum):
    """What a line says; `UNKNOWN` is never taken for `OK`."""

    OK = "ok"
    FAILED = "échec"
    UNKNOWN = "non vérifiable"
    UNUSED = "sans objet"


#: every line in the order of the table, with its French title
TITLES = {
    "reach": "Adresse et accès",
    "options": "OPTIONS",
    "register": "Enregistrement",
    "call": "Appel d'essai",
    "codec": "Codec choisi",
    "pcma": "PCMA (G.711 A) seul",
    "pcmu": "PCMU (G.711 µ) seul",
    "g722": "G.722 seul",
    "audio_in": "Son reçu",
    "audio_out": "Son envoyé",
    "dtmf_event": "Touches RFC 4733",
    "dtmf_info": "Touches SIP INFO",
    "dtmf_inband": "Touches dans le son",
    "hold": "Mise en attente et reprise",
    "refer": "Transfert par REFER",
    "back": "Retour d'un transfert manqué",
    "srtp": "SRTP",
    "sip_latency": "Délai SIP aller-retour",
    "rtp_latency": "Délai du son aller-retour",
    "loss": "Pertes",
    "jitter": "Gigue",
}


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    key: str  #: of `TITLES`
    verdict: Verdict
    finding: str  #: one French sentence or a figure
    remedy: str = ""  #: what to do, in one French sentence; '' when nothing
    mandatory: bool = False

    @property
    def fine(self) -> bool:
        """Whether nothing must be mended: proven, or of no use with this trunk."""
        return not self.mandatory or self.verdict in (Verdict.OK, Verdict.UNUSED)


@dataclass
class Report:
    """What was found about one trunk."""

    name: str
    target: str  #: transport and address, as a person reads them
    lines: dict[str, Line] = field(default_factory=dict)

    def add(
        self,
        key: str,
        verdict: Verdict,
        finding: str,
        remedy: str = "",
        *,
        mandatory: bool = False,
    ) -> None:
        """Keep a line; a later one with the same key takes its place."""
        if key not in TITLES:
            raise ValueError(f"{key!r} is no line of the table")
        self.lines[key] = Line(key, verdict, finding, remedy, mandatory)

    def complete(self, why: str, mandatory: frozenset[str]) -> None:
        """Say of every line that was not tried why it could not be."""
        for key in TITLES:
            if key not in self.lines:
                self.add(key, Verdict.UNKNOWN, why, mandatory=key in mandatory)

    @property
    def ordered(self) -> list[Line]:
        """The lines as the table shows them."""
        return [self.lines[key] for key in TITLES if key in self.lines]

    @property
    def fine(self) -> bool:
        """Whether every mandatory line is."""
        return all(line.fine for line in self.lines.values())

    def as_json(self) -> dict[str, object]:
        """For machines."""
        lines = [
            {**asdict(line), "verdict": line.verdict.value, "title": TITLES[line.key]}
            for line in self.ordered
        ]
        return {"trunk": self.name, "target": self.target, "ok": self.fine, "lines": lines}
