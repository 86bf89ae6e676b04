"""The interfaces of programs: their instructions, accounts, events and errors by name.

`Interfaces` in `registry.py` decodes what programs are given and what they keep, and `KNOWN` there has the
programs of every cluster. `solproof.formats.idl` reads the interface of another program from its Anchor IDL.
"""
