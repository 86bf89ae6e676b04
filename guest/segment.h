// Segments: a run is cut after a given number of instructions, and the next guest run continues from its state.
//
// In the frame of a segment, these u64 values stand before the input.bin: SEGMENT_MAGIC, the maximum number of
// instructions that the segment may execute (0: no maximum) and the size of the state in bytes (0: the run starts
// here). The state follows them, and its size is a multiple of 8. An input.bin starts with the length of its program,
// which is always below SEGMENT_MAGIC.
//
// The state is registers, pc, open calls, meters, the values that syscalls keep, and every page of stack, heap and
// input region that is not all zeros. It depends only on the machine's state, so equal states have equal digests.
#pragma once

#include "machine.h"

struct segment {
    u64 instructions;
    const u8 *state;
    u64 state_size;
};

// The fields of the frame, if it is the frame of a segment. Moves `content` and `size` to the input.bin.
struct segment take_segment(const u8 **content, u64 *size);

// Continues from a state. Ends the run with REFUSED_SEGMENT if the state is malformed.
void read_state(struct machine *machine, const struct segment *segment, u8 digest[32]);

// Writes the state for the host. The last 16 bytes below RAM_END hold its size and its address.
void write_state(const struct machine *machine, u8 digest[32]);
