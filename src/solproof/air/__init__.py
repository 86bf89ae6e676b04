"""The constraint language: columns, expressions, buses, chips, and the checker of traces."""
