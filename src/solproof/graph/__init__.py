"""Control-flow graphs of functions, with how often each block and each jump ran."""
