// Segments: a run that is cut after so many instructions, whose state the next guest run takes up.
//
// A frame of a segment has before the input.bin: the magic number, the most instructions that the segment may execute
// (0: no end), the size of the state in bytes (0: the run begins here) and the state. All are u64, the state is a
// multiple of 8.
//
// The state is registers, pc, open calls, meters, what syscalls keep, and every page of stack, heap and input region
// that is not all zeros: a function of the machine's state alone, so two runs in one state have one digest.
#pragma once

#include "machine.h"

#define SEGMENT_MAGIC 0x31746e656d676573UL // "segment1"; no program of an input.bin is so long

struct segment {
    u64 instructions;
    const u8 *state;
    u64 state_size;
};

// What the frame says, if it is one of a segment; `content` and `size` become those of the input.bin.
struct segment take_segment(const u8 **content, u64 *size);

// Take up a state; ends the run with REFUSED_SEGMENT when it is not one.
void read_state(struct machine *machine, const struct segment *segment, u8 digest[32]);

// Write the state where the host finds it: at the address in the last 8 bytes below RAM_END, after its size.
void write_state(const struct machine *machine, u8 digest[32]);
