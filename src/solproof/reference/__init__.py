"""The reference of the documentation, docs/reference: pages generated from the code that they describe."""
