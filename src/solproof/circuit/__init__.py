"""The circuit: every chip, and how its rows are filled."""
