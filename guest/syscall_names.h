// The hashes of the names of all syscalls that Agave knows.
#pragma once

#include "syscall_hashes.h"

int is_syscall_hash(u32 key);
