// The strict ELF loader, for sBPF V3 and later. It makes the same checks as src/solproof/program/elf_strict.py, in the
// same order.

#include "bytes.h"
#include "elf.h"
#include "program.h"

static void expect(int condition, enum refusal refusal) {
    if (!condition) refuse(REFUSED_PROGRAM, refusal);
}

static u64 check_segment(const struct program_header *segment, u32 flags, u64 address, u64 start, u64 end) {
    int is_right = segment->type == PT_LOAD && segment->flags == flags && segment->offset == start &&
                   segment->address == address && segment->physical_address == address &&
                   segment->memory_size == segment->file_size;
    expect(is_right && start < end && segment->file_size <= end - start && segment->file_size % SLOT == 0,
           ELF_INVALID_PROGRAM_HEADER);
    return segment->file_size;
}

// The file starts at a multiple of 8 in memory, and everything that is read starts at a multiple of 8 in the file.
void load_strict(struct program *program, struct content file) {
    const struct elf_header *header = (const struct elf_header *)file.bytes;
    expect(file.size >= sizeof *header, ELF_VALUE_OUT_OF_BOUNDS);
    static const u8 identification[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    int is_right = is_same(header->identification, identification, 16) && header->machine == 247 &&
                   header->version == 1 && header->program_headers == sizeof *header &&
                   header->size == sizeof *header && header->program_header_size == sizeof(struct program_header) &&
                   header->program_header_count != 0;
    expect(is_right, ELF_FAILED_TO_PARSE);
    u64 start = sizeof *header + (u64)header->program_header_count * sizeof(struct program_header);
    expect(start <= file.size, ELF_FAILED_TO_PARSE);
    const struct program_header *segment = (const struct program_header *)(header + 1);
    if (segment->flags == 4) {
        expect(header->program_header_count > 1, ELF_FAILED_TO_PARSE);
        program->image_size = check_segment(segment, 4, 0, start, file.size);
        program->image = file.bytes + start;
        start += program->image_size;
        segment++;
    }
    u64 size = check_segment(segment, 1, 1UL << 32, start, file.size);
    program->text = (const u64 *)(file.bytes + start), program->text_size = size, program->slots = size / SLOT;
    program->text_address = 1UL << 32;
    u64 offset = header->entry - program->text_address;
    expect(offset % SLOT == 0 && offset < size, ELF_FAILED_TO_PARSE);
    program->entry = offset / SLOT;
}
