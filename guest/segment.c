#include "segment.h"

#include "bytes.h"

#define PAGE 1024UL
#define HEADER_WORDS 20

struct region {
    u8 *bytes;
    u64 size;
};

static void expect(int condition) {
    if (!condition) refuse(REFUSED_SEGMENT, 0);
}

struct segment take_segment(const u8 **content, u64 *size) {
    struct segment segment = {0, 0, 0};
    const u64 *words = (const u64 *)*content;
    if (*size < 24 || words[0] != SEGMENT_MAGIC) return segment;
    segment.instructions = words[1], segment.state_size = words[2], segment.state = (const u8 *)(words + 3);
    expect(segment.state_size % 8 == 0 && segment.state_size <= *size - 24);
    *content += 24 + segment.state_size, *size -= 24 + segment.state_size;
    return segment;
}

static void regions_of(const struct machine *machine, struct region regions[3]) {
    regions[0] = (struct region){machine->stack, STACK_SIZE};
    regions[1] = (struct region){machine->heap, machine->heap_size};
    regions[2] = (struct region){machine->region, machine->region_size};
}

// READING

struct words {
    const u64 *at, *end;
};

static u64 take_word(struct words *words) {
    expect(words->at < words->end);
    return *words->at++;
}

static u64 take_below(struct words *words, u64 limit) {
    u64 word = take_word(words);
    expect(word < limit);
    return word;
}

static void take_bytes(struct words *words, u8 *to, u64 size) {
    u64 count = (size + 7) / 8;
    expect(count <= (u64)(words->end - words->at));
    memcpy(to, words->at, size);
    words->at += count;
}

// If frames have fixed places, handlers rely on r10 being the end of the open frame.
static int is_frame_end(const struct machine *machine, u64 r10, u64 depth) {
    u64 stride = machine->frame_stride;
    return stride == 0 || r10 == STACK_START + FRAME_SIZE + depth * stride;
}

void read_state(struct machine *machine, const struct segment *segment, u8 digest[32]) {
    struct words words = {(const u64 *)segment->state, (const u64 *)(segment->state + segment->state_size)};
    struct region regions[3];
    sha256(segment->state, segment->state_size, digest);
    for (u32 i = 0; i < REGISTERS; i++) machine->registers[i] = take_word(&words);
    machine->pc = take_below(&words, machine->program.slots + 1);
    machine->meter = take_below(&words, machine->limit + 1);
    machine->syscall_units = take_below(&words, machine->limit - machine->meter + 1);
    machine->heap_used = take_below(&words, machine->heap_size + 1);
    machine->return_data_size = take_below(&words, MAXIMUM_RETURN_DATA + 1);
    machine->depth = take_below(&words, MAXIMUM_CALL_DEPTH);
    take_bytes(&words, machine->return_data, machine->return_data_size);
    for (u64 i = 0; i < machine->depth; i++) {
        take_bytes(&words, (u8 *)&machine->frames[i], sizeof *machine->frames);
        const struct frame *frame = &machine->frames[i];
        expect(frame->return_pc <= machine->program.slots && is_frame_end(machine, frame->registers[4], i));
    }
    regions_of(machine, regions);
    for (u32 i = 0; i < 3; i++) {
        memset(regions[i].bytes, 0, regions[i].size);
        for (u64 pages = take_word(&words); pages > 0; pages--) {
            u64 start = take_below(&words, (regions[i].size + PAGE - 1) / PAGE) * PAGE;
            take_bytes(&words, regions[i].bytes + start, least(PAGE, regions[i].size - start));
        }
    }
    expect(words.at == words.end);
    expect(is_frame_end(machine, machine->registers[10], machine->depth));
}

// WRITING

static u64 *put_bytes(u64 *to, const u8 *content, u64 size) {
    memcpy(to, content, size);
    return to + (size + 7) / 8;
}

static u64 *put_pages(u64 *to, struct region region) {
    u64 *count = to++;
    for (u64 start = 0; start < region.size; start += PAGE) {
        u64 size = least(PAGE, region.size - start);
        if (is_zero(region.bytes + start, size)) continue;
        *to++ = start / PAGE;
        to = put_bytes(to, region.bytes + start, size);
        ++*count;
    }
    return to;
}

void write_state(const struct machine *machine, u8 digest[32]) {
    struct region regions[3];
    regions_of(machine, regions);
    u64 most = 8 * HEADER_WORDS + MAXIMUM_RETURN_DATA + MAXIMUM_CALL_DEPTH * sizeof(struct frame);
    for (u32 i = 0; i < 3; i++) most += regions[i].size + 8 * (2 + regions[i].size / PAGE) + 8;
    u64 *state = allocate(most), *to = state;
    for (u32 i = 0; i < REGISTERS; i++) *to++ = machine->registers[i];
    *to++ = machine->pc;
    *to++ = machine->meter + machine->reserve;
    *to++ = machine->syscall_units;
    *to++ = machine->heap_used;
    *to++ = machine->return_data_size;
    *to++ = machine->depth;
    to = put_bytes(to, machine->return_data, machine->return_data_size);
    to = put_bytes(to, (const u8 *)machine->frames, machine->depth * sizeof *machine->frames);
    for (u32 i = 0; i < 3; i++) to = put_pages(to, regions[i]);
    u64 size = (u64)(to - state) * 8;
    sha256((const u8 *)state, size, digest);
    ((u64 *)RAM_END)[-1] = (u64)state;
    ((u64 *)RAM_END)[-2] = size;
}
