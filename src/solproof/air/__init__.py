"""The constraint language: columns, expressions, buses, chips, and the trace checker."""
