"""From a proof to a verdict."""
