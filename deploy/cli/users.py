"""`allomairie users`: who may open the supervisors' page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.cli.opened import opened_records
from deploy.cli.output import EXAMPLE, JsonOption, TownOption, print_json
from deploy.parts import Town
from records.accounts_store import AccountStore
from review import passwords
from review.rights import NAMES, Role, check_roles

BY = "console"  #: who the access log says it was
app = typer.Typer(help="Accounts of the supervisors' page.", no_args_is_help=True)
LoginArgument = Annotated[str, typer.Argument(help="Login, such as m.dupont.")]
RoleOption = Annotated[
    list[str],
    typer.Option("--role", help=f"One or more of: {', '.join(role.value for role in Role)}."),
]


@app.command("add")
def add(
    login: LoginArgument,
    role: RoleOption,
    name: Annotated[str, typer.Option("--name", help="First name and name.")] = "",
    town: TownOption = EXAMPLE,
    as_json: JsonOption = False,
) -> None:
    """Make an account; prints its first password and its secret for one-time codes, once."""
    with _accounts(town) as (opened, accounts):
        password, secret = passwords.generate(), passwords.new_secret()
        made = accounts.add(
            login=login,
            name=name,
            roles=check_roles(role),
            password_hash=passwords.hash_password(password),
            totp_secret=secret,
            by=BY,
        )
    _print(opened, made.login, password, secret, as_json)


@app.command("list")
def list_(town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """All accounts."""
    with _accounts(town) as (_, accounts):
        found = accounts.every()
    if as_json:
        print_json(
            {
                "users": [
                    {
                        "login": one.login,
                        "name": one.name,
                        "roles": one.roles,
                        "disabled": one.disabled,
                        "last_login_at": one.last_login_at and one.last_login_at.isoformat(),
                    }
                    for one in found
                ]
            }
        )
        return
    table = Table("identifiant", "nom", "rôles", "état", "dernière connexion")
    for one in found:
        state = "désactivé" if one.disabled else "à confirmer" if one.must_change else "actif"
        last = f"{one.last_login_at.astimezone():%d/%m/%Y %H:%M}" if one.last_login_at else "jamais"
        table.add_row(one.login, one.name, ", ".join(one.roles), state, last)
    Console().print(table)


@app.command("roles")
def roles(as_json: JsonOption = False) -> None:
    """The six roles and what each may do."""
    if as_json:
        print_json({"roles": {role.value: name for role, name in NAMES.items()}})
        return
    for role, name in NAMES.items():
        typer.echo(f"{role.value:12} {name}")


@app.command("reset")
def reset(login: LoginArgument, town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """A new first password and a new secret; unlocks, enables nothing, logs all browsers out."""
    with _accounts(town) as (opened, accounts):
        password, secret = passwords.generate(), passwords.new_secret()
        changed = accounts.change(
            login,
            by=BY,
            password_hash=passwords.hash_password(password),
            totp_secret=secret,
            must_change=True,
        )
    _print(opened, changed.login, password, secret, as_json)


@app.command("grant")
def grant(
    login: LoginArgument, role: RoleOption, town: TownOption = EXAMPLE, as_json: JsonOption = False
) -> None:
    """Give an account these roles instead of those it has."""
    with _accounts(town) as (_, accounts):
        changed = accounts.change(login, by=BY, roles=check_roles(role))
    if as_json:
        print_json({"login": changed.login, "roles": changed.roles})
    else:
        typer.echo(f"{changed.login} : {', '.join(changed.roles)}")


@app.command("disable")
def disable(login: LoginArgument, town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Close an account at once; what it did stays in the access log."""
    _switch(login, town, as_json, disabled=True)


@app.command("enable")
def enable(login: LoginArgument, town: TownOption = EXAMPLE, as_json: JsonOption = False) -> None:
    """Open a disabled account again."""
    _switch(login, town, as_json, disabled=False)


def _switch(login: str, town: Path, as_json: bool, *, disabled: bool) -> None:
    with _accounts(town) as (_, accounts):
        changed = accounts.change(login, by=BY, disabled=disabled)
    if as_json:
        print_json({"login": changed.login, "disabled": changed.disabled})
    else:
        typer.echo(f"{changed.login} : {'désactivé' if disabled else 'actif'}")


def _print(town: Town, login: str, password: str, secret: str, as_json: bool) -> None:
    address = passwords.enrolment(secret, login, town.settings.town.name)
    if as_json:
        print_json({"login": login, "password": password, "secret": secret, "otpauth": address})
        return
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    typer.echo(f"Identifiant     {login}")
    typer.echo(f"Mot de passe    {password}   (à changer à la première connexion)")
    typer.echo(f"Clé des codes   {groups}")
    typer.echo(f"                {address}")
    typer.echo("Saisissez la clé dans une application de codes (TOTP, 6 chiffres, 30 secondes).")
    typer.echo("Ces lignes ne seront plus affichées.")


@contextmanager
def _accounts(root: Path) -> Iterator[tuple[Town, AccountStore]]:
    with opened_records(root) as (town, records):
        yield town, records.review.accounts
