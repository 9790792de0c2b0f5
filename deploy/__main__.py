"""`python -m deploy` is the `allomairie` command."""

from deploy.cli import main

main()
