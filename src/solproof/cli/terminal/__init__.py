"""What the commands share: options, output, progress and failures."""
