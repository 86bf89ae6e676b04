"""The circuit: every chip, and the code that fills its rows."""
