"""The pytest plugin: tests that prove what they run in a LiteSVM.

pytest loads `plugin` in every run on a machine that has solproof, so that module imports nothing else of
solproof until a test asks for a proof.
"""
