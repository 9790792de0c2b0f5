"""How much may be written, and what a visitor reads where it is too much."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from telephony.web_calls import Refusal

LONGEST_CHARS = 1000  #: of one message
WINDOW_S = 60.0

_OR_PHONE = " Vous pouvez aussi appeler la mairie au {phone}."
DISABLED = Refusal(503, "Cette page ne permet pas d'écrire. Appelez la mairie au {phone}.")
STOPPING = Refusal(503, "Le service redémarre. Réessayez dans quelques minutes." + _OR_PHONE)
ALL_BUSY = Refusal(
    503, "Beaucoup de personnes écrivent en ce moment. Réessayez dans quelques minutes." + _OR_PHONE
)
TOO_FAST = Refusal(429, "C'est trop de messages à la fois. Réessayez dans une minute." + _OR_PHONE)
ONE_AT_A_TIME = Refusal(409, "Je réponds encore à votre message précédent. Attendez un instant.")
OVER = Refusal(
    404, "Cette conversation est terminée. Écrivez un nouveau message pour en commencer une autre."
)
NOT_FOUND = Refusal(
    404,
    "Aucune conversation ne correspond à cette référence et à ce code. "
    "Vérifiez-les, par exemple : référence 482 913, code 751 204. "
    "Après cinq essais, la conversation ne peut plus être reprise." + _OR_PHONE,
)
NO_RESUMING = Refusal(503, "Un appel ne peut pas être repris ici. Appelez la mairie au {phone}.")
UNWRITTEN = Refusal(
    503, "La mairie ne peut pas ouvrir votre conversation pour le moment." + _OR_PHONE
)


@dataclass(frozen=True)
class Limits:
    """How much may be written."""

    conversations: int = 50  #: at once
    idle_s: float = 1800.0
    begun_per_minute: int = 60  #: all visitors together
    begun_by_one: int = 10  #: per minute and visitor
    turns_per_minute: int = 240  #: all visitors together
    turns_of_one: int = 20  #: per minute and conversation
    tries_by_one: int = 6  #: to find a call again, per minute and visitor


class Rate:
    """So many within any minute, by whom; forgets who did nothing for a minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def take(self, who: str, most: int) -> bool:
        """Count one, unless there were `most` within the last minute."""
        now = self._clock()
        self._forget(now)
        times = self._times.setdefault(who, deque())
        if len(times) >= most:
            return False
        times.append(now)
        return True

    def _forget(self, now: float) -> None:
        for who in list(self._times):
            times = self._times[who]
            while times and times[0] <= now - WINDOW_S:
                times.popleft()
            if not times:
                del self._times[who]
