"""Which slots, branches and functions of programs ran, in one run or in many together."""
