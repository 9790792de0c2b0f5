"""What the town shows to, and takes from, people and systems outside: no account is needed."""
