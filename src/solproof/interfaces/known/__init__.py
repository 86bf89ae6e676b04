"""The interfaces of programs that every cluster has, as tables."""
