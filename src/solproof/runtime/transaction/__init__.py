"""Transactions: from wire bytes to what is committed."""
