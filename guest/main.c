// The guest: reads the input, loads the program, runs it, applies the runtime's rules and sets the outputs.

#include "accounts.h"
#include "bytes.h"
#include "segment.h"

static void set_digest(u32 index, const u8 digest[32]) {
    for (u32 i = 0; i < 8; i++) set_output(index + i, read32(digest + 4 * i));
}

// The subject of the proof: the program's file, and all of the input except that file.
static void digest_input(const struct input *input, const u8 *content, u64 size) {
    u8 digest[32];
    sha256(input->program.bytes, input->program.size, digest);
    set_digest(OUTPUT_PROGRAM_DIGEST, digest);
    u64 rest = 8 + input->program.size;
    sha256(content + rest, size - rest, digest);
    set_digest(OUTPUT_INPUT_DIGEST, digest);
}

static void report(const struct machine *machine, const struct input *input) {
    u64 exit_code = machine->ending == RETURNED ? machine->registers[0] : ~0UL;
    enum ending ending = machine->ending;
    u32 modified = 0, outputs[OUTPUT_FORMAT];
    u8 digest[32];
    if (ending == RETURNED && exit_code == 0) ending = settle(machine, input, &modified);
    int is_success = ending == RETURNED && exit_code == 0;
    outputs[OUTPUT_FLAG] = !is_success;
    outputs[OUTPUT_EXIT_CODE] = (u32)exit_code;
    outputs[OUTPUT_COMPUTE_UNITS] = (u32)(machine->limit - machine->meter - machine->reserve);
    outputs[OUTPUT_INSTRUCTIONS] = (u32)executed(machine);
    outputs[OUTPUT_ACCOUNTS_MODIFIED] = modified;
    outputs[OUTPUT_ENDING] = ending;
    outputs[OUTPUT_DETAIL] = 0;
    outputs[OUTPUT_EXIT_CODE_HIGH] = (u32)(exit_code >> 32);
    outputs[OUTPUT_PC] = (u32)machine->pc;
    for (u32 i = 0; i < OUTPUT_FORMAT; i++) set_output(i, outputs[i]);
    if (ending == SEGMENT_END) {
        write_state(machine, digest);
        set_digest(OUTPUT_STATE_AFTER, digest);
    } else {
        digest_result(machine, input, outputs, is_success, digest);
        set_digest(OUTPUT_RESULT_DIGEST, digest);
    }
}

void guest(const u8 *frame) {
    u64 size = read64(frame + 8);
    const u8 *content = frame + 16;
    // The prover can write any length, so the range must be checked against the memory for inputs.
    if (size > INPUT_SIZE - 16) refuse(REFUSED_INPUT, 0);
    struct segment segment = take_segment(&content, &size);
    struct input *input = allocate(sizeof *input);
    struct machine *machine = allocate(sizeof *machine);
    read_input(input, content, size);
    digest_input(input, content, size);
    load_program(&machine->program, input);
    start_machine(machine, input);
    serialize(machine, input);
    if (segment.state_size) {
        u8 digest[32];
        read_state(machine, &segment, digest);
        set_digest(OUTPUT_STATE_BEFORE, digest);
    }
    if (segment.instructions) machine->segment_end = executed(machine) + segment.instructions;
    run_machine(machine);
    report(machine, input);
}
