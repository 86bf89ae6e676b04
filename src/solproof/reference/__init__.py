"""The reference in docs/reference: pages generated from the code that they describe."""
