"""The `allomairie` command. Thin: each command parses, calls the core, prints.

Results go to standard output, progress and errors to standard error. Exit codes: 0 success, 1 the
command failed, 2 wrong usage, 78 the program cannot start (configuration, models, ports).
"""

from __future__ import annotations

import sys

import typer

from deploy.cli import (
    alerts,
    ask,
    bench,
    call,
    calls,
    config,
    demo,
    dialog_show,
    dialog_test,
    doctor,
    drain,
    edge,
    emergency,
    init,
    kb,
    kb_check,
    kb_eval,
    kb_questions,
    models,
    operate,
    privacy,
    report,
    send,
    serve,
    speech,
    status,
    tickets,
    town,
    trunk,
    users,
)
from deploy.cli.output import console
from deploy.errors import EXIT_CANNOT_START, CannotStart

app = typer.Typer(
    name="allomairie",
    help="The telephone assistant of a French town hall.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("init")(init.init)
app.command("doctor")(doctor.doctor)
app.add_typer(models.app, name="models")
app.command("serve")(serve.serve)
app.command("drain")(drain.drain)
app.command("status")(status.status)
app.command("top")(status.top)
app.command("ask")(ask.ask)
app.command("transcribe")(speech.transcribe)
app.command("say")(speech.say)
app.command("call")(call.call)
app.add_typer(calls.app, name="calls")
app.add_typer(config.app, name="config")
kb.app.command("eval")(kb_eval.evaluate)
kb.app.command("check")(kb_check.check)
kb.app.command("questions")(kb_questions.questions)
app.add_typer(kb.app, name="kb")
app.add_typer(town.app, name="town")
app.add_typer(tickets.app, name="tickets")
app.add_typer(alerts.app, name="alerts")
app.add_typer(emergency.app, name="emergency")
app.add_typer(edge.app, name="edge")
app.add_typer(operate.app, name="operate")
app.add_typer(trunk.app, name="trunk")
app.add_typer(users.app, name="users")
app.add_typer(privacy.app, name="privacy")
app.add_typer(report.app, name="report")
app.add_typer(demo.app, name="demo")
app.add_typer(bench.app, name="bench")
app.add_typer(send.app, name="send")
dialog_test.app.command("show")(dialog_show.show)
app.add_typer(dialog_test.app, name="dialog")


def main() -> None:
    """Run the command line; known failures become one sentence and an exit code."""
    try:
        app()
    except CannotStart as error:
        console.print(f"allomairie: {error}", style="bold red", markup=False, highlight=False)
        sys.exit(EXIT_CANNOT_START)
