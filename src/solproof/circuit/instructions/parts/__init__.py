"""The columns and constraints that the chips of several instruction families share."""
