"""Scenes from a cluster: a transaction and everything that it depends on, through JSON-RPC."""
