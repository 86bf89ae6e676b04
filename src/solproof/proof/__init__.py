"""Statements, proofs and verdicts."""
