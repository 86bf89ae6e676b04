"""From a run to a proof."""
