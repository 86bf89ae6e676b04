"""Tools that attack the circuit: mutation, forgery, necessity and injection. See docs/assurance.md.

They are for development and are not part of the installed package.
"""
