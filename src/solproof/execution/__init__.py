"""Run programs in the machine: the executor of frames that records a trace, and what it leaves behind."""
