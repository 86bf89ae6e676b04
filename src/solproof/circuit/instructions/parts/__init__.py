"""What the chips of several instruction families share."""
