"""The town's configuration: what callers in need would miss."""

from __future__ import annotations

from collections.abc import Iterator

from dialog.lint.finding import Finding, Severity
from dialog.lint.folder import Folder
from dialog.town import Town


def check(folder: Folder) -> Iterator[Finding]:
    """No duty post, no way for deaf callers, services without number or hours, an old crisis."""
    town = folder.town
    if not any(service.duty for service in town.services):
        message = (
            "Aucun service d'astreinte (duty = true) : la nuit, une urgence n'aurait personne "
            "à joindre."
        )
        yield folder.in_config(Severity.ERROR, "astreinte", message)
    if not town.deaf_access.strip():
        message = (
            "La clé town.deaf_access est vide : la loi demande de dire comment une personne "
            "sourde joint la mairie."
        )
        yield folder.in_config(Severity.ERROR, "acces-sourds", message, "deaf_access", "[town]")
    if not town.address:
        message = "L'adresse de la mairie (town.address) manque."
        yield folder.in_config(Severity.ADVICE, "adresse", message, "[town]")
    yield from _services(folder, town)
    if town.crisis and town.crisis.until < folder.today:
        message = "Le message de crise est terminé : il n'est plus dit, retirez-le."
        yield folder.in_config(Severity.ADVICE, "crise", message, "until", "crisis")


def _services(folder: Folder, town: Town) -> Iterator[Finding]:
    for service in town.services:
        after = f'id = "{service.id}"'
        if not service.phone:
            message = f"{service.name} n'a pas de numéro : l'accueil sera donné à sa place."
            yield folder.in_config(Severity.WARNING, "sans-numero", message, "id", after)
        if not any(service.hours.values()):
            message = f"{service.name} n'a pas d'horaires : il passe pour toujours fermé."
            yield folder.in_config(Severity.WARNING, "sans-horaires", message, "id", after)
        if service.duty and not (service.extension or service.phone):
            message = f"{service.name} n'a ni poste ni numéro : personne ne le joindra."
            yield folder.in_config(Severity.ERROR, "astreinte", message, "id", after)
        if not service.names:
            message = f"{service.name} : ajoutez dans names les noms que les habitants lui donnent."
            yield folder.in_config(Severity.ADVICE, "sans-noms", message, "id", after)
