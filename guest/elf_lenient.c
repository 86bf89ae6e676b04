// The lenient ELF loader, for sBPF V0 to V2. It makes the same checks in the same order as elf_file.py, relocation.py
// and elf_lenient.py in src/solproof/program.

#include "bytes.h"
#include "elf.h"
#include "program.h"

#define IMAGE_ADDRESS (1UL << 32)

struct name {
    const u8 *bytes;
    u64 size;
};

struct range {
    u64 start, end;
};

struct file {
    const u8 *data;
    u64 size;
    const struct elf_header *header;
    const struct program_header *segments;
    const struct section_header *sections;
    struct name *names; // of the sections
    u64 dynamic[DT_COUNT];
    const struct symbol *symbols;
    u64 symbol_count;
    const struct section_header *symbol_names;
    const struct relocation *relocations;
    u64 relocation_count;
};

static void expect(int condition, enum refusal refusal) {
    if (!condition) refuse(REFUSED_PROGRAM, refusal);
}

static u64 checked_end(u64 offset, u64 size, u64 limit) {
    u64 end = offset + size;
    expect(end >= offset && end <= limit, ELF_VALUE_OUT_OF_BOUNDS);
    return end;
}

static void refuse_overlap(struct range first, struct range second) {
    expect(!(first.end > second.start && second.end > first.start), ELF_FAILED_TO_PARSE);
}

// The error in a table of records, or 0.
static u32 table_fault(const struct file *file, u64 offset, u64 size, u64 record) {
    if (offset + size < offset) return ELF_VALUE_OUT_OF_BOUNDS;
    if (size % record) return ELF_FAILED_TO_PARSE;
    if (offset + size > file->size) return ELF_VALUE_OUT_OF_BOUNDS;
    return offset % 8 ? ELF_FAILED_TO_PARSE : 0;
}

static const void *table(const struct file *file, u64 offset, u64 size, u64 record) {
    u32 fault = table_fault(file, offset, size, record);
    if (fault) refuse(REFUSED_PROGRAM, fault);
    return file->data + offset;
}

// The name at an offset of a string table. If there is no name, returns 0 and sets the reason.
static u32 find_name(const struct file *file, const struct section_header *section, u64 offset, u64 limit,
                     struct name *name) {
    if (section->type != SHT_STRTAB) return ELF_FAILED_TO_PARSE;
    u64 start = section->offset + offset;
    if (start < offset) return ELF_VALUE_OUT_OF_BOUNDS;
    u64 end = section->offset + section->size;
    if (start > end || end > file->size) return ELF_VALUE_OUT_OF_BOUNDS;
    end = least(end, start + limit);
    for (u64 at = start; at < end; at++)
        if (file->data[at] == 0) {
            *name = (struct name){file->data + start, at - start};
            return 0;
        }
    return ELF_FAILED_TO_PARSE;
}

static int is_named(struct name name, const char *text, u64 size) {
    return name.size == size && is_same(name.bytes, (const u8 *)text, size);
}

static int starts(struct name name, const char *text, u64 size) {
    return name.size >= size && is_same(name.bytes, (const u8 *)text, size);
}

#define IS_NAMED(name, text) is_named(name, text, sizeof text - 1)
#define STARTS(name, text) starts(name, text, sizeof text - 1)

// PARSING

static void check_header(const struct file *file) {
    const struct elf_header *header = file->header;
    static const u8 identification[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    expect(is_same(header->identification, identification, 7) && header->version == 1 && header->size == 64 &&
               header->program_header_size == 56 && header->section_header_size == 64 &&
               header->names_section < header->section_header_count,
           ELF_FAILED_TO_PARSE);
}

static void check_segments(const struct file *file) {
    u64 address = 0;
    for (u32 i = 0; i < file->header->program_header_count; i++) {
        const struct program_header *segment = &file->segments[i];
        if (segment->type != PT_LOAD) continue;
        expect(segment->address >= address, ELF_INVALID_PROGRAM_HEADER);
        checked_end(segment->offset, segment->file_size, file->size);
        address = segment->address;
    }
}

static void check_sections(const struct file *file, const struct range *tables) {
    u64 offset = 0;
    for (u32 i = 0; i < file->header->section_header_count; i++) {
        const struct section_header *section = &file->sections[i];
        if (section->type == SHT_NOBITS) continue;
        u64 end = checked_end(section->offset, section->size, ~0UL);
        for (u32 j = 0; j < 3; j++) refuse_overlap((struct range){section->offset, end}, tables[j]);
        expect(section->offset >= offset, ELF_FAILED_TO_PARSE);
        offset = checked_end(section->offset, section->size, file->size);
    }
}

static void read_section_names(struct file *file) {
    u32 count = file->header->section_header_count;
    expect(file->header->names_section != 0, ELF_FAILED_TO_PARSE);
    const struct section_header *strings = &file->sections[file->header->names_section];
    file->names = allocate(count * sizeof *file->names);
    u32 seen = 0; // which of the three names that must not repeat were seen
    for (u32 i = 0; i < count; i++) {
        u32 fault = find_name(file, strings, file->sections[i].name, SECTION_NAME_LIMIT, &file->names[i]);
        if (fault) refuse(REFUSED_PROGRAM, fault);
        struct name name = file->names[i];
        u32 once = IS_NAMED(name, ".symtab") ? 1 : IS_NAMED(name, ".strtab") ? 2 : IS_NAMED(name, ".dynstr") ? 4 : 0;
        expect(!(seen & once), ELF_FAILED_TO_PARSE);
        if (once == 4) file->symbol_names = &file->sections[i];
        seen |= once;
    }
}

static void read_dynamic_table(struct file *file) {
    const u64 *entries = 0;
    u64 size = 0;
    for (u32 i = 0; i < file->header->program_header_count; i++) {
        const struct program_header *segment = &file->segments[i];
        if (segment->type != PT_DYNAMIC) continue;
        // A segment that does not fit the file is ignored, because old toolchains wrote them.
        if (!table_fault(file, segment->offset, segment->file_size, 16))
            entries = (const u64 *)(file->data + segment->offset), size = segment->file_size;
        break;
    }
    for (u32 i = 0; !entries && i < file->header->section_header_count; i++) {
        const struct section_header *section = &file->sections[i];
        if (section->type != SHT_DYNAMIC) continue;
        expect(!table_fault(file, section->offset, section->size, 16), ELF_FAILED_TO_PARSE);
        entries = (const u64 *)(file->data + section->offset), size = section->size;
    }
    for (u64 i = 0; i < size / 8 && entries[i] != 0; i += 2)
        if (entries[i] < DT_COUNT) file->dynamic[entries[i]] = entries[i + 1];
}

static const struct section_header *section_at(const struct file *file, u64 address) {
    for (u32 i = 0; i < file->header->section_header_count; i++)
        if (file->sections[i].address == address) return &file->sections[i];
    return 0;
}

static void read_relocations(struct file *file) {
    u64 address = file->dynamic[DT_REL], size = file->dynamic[DT_RELSZ], offset = 0;
    if (address == 0) return;
    expect(file->dynamic[DT_RELENT] == sizeof(struct relocation) && size != 0, ELF_FAILED_TO_PARSE);
    int is_found = 0;
    for (u32 i = 0; i < file->header->program_header_count && !is_found; i++) {
        const struct program_header *segment = &file->segments[i];
        u64 end = checked_end(segment->address, segment->memory_size, ~0UL);
        is_found = segment->address <= address && address < end;
        if (is_found) offset = checked_end(address - segment->address, segment->offset, ~0UL);
    }
    if (!is_found) { // old toolchains put the table outside every segment
        const struct section_header *section = section_at(file, address);
        expect(section != 0, ELF_FAILED_TO_PARSE);
        offset = section->offset;
    }
    checked_end(offset, size, ~0UL);
    expect(!table_fault(file, offset, size, sizeof(struct relocation)), ELF_FAILED_TO_PARSE);
    file->relocations = (const struct relocation *)(file->data + offset);
    file->relocation_count = size / sizeof(struct relocation);
}

static void read_symbols(struct file *file) {
    u64 address = file->dynamic[DT_SYMTAB];
    if (address == 0) return;
    const struct section_header *section = section_at(file, address);
    expect(section != 0 && (section->type == SHT_SYMTAB || section->type == SHT_DYNSYM), ELF_FAILED_TO_PARSE);
    file->symbols = table(file, section->offset, section->size, sizeof(struct symbol));
    file->symbol_count = section->size / sizeof(struct symbol);
}

static void parse(struct file *file, struct content content) {
    file->data = content.bytes, file->size = content.size;
    expect(file->size >= sizeof *file->header, ELF_VALUE_OUT_OF_BOUNDS);
    const struct elf_header *header = file->header = (const struct elf_header *)file->data;
    check_header(file);
    u64 segments_size = 56UL * header->program_header_count, sections_size = 64UL * header->section_header_count;
    struct range tables[3] = {
        {0, sizeof *header},
        {header->program_headers, checked_end(header->program_headers, segments_size, ~0UL)},
    };
    refuse_overlap(tables[1], tables[0]);
    file->segments = table(file, header->program_headers, segments_size, 56);
    tables[2] = (struct range){header->section_headers, checked_end(header->section_headers, sections_size, ~0UL)};
    refuse_overlap(tables[2], tables[0]);
    refuse_overlap(tables[2], tables[1]);
    file->sections = table(file, header->section_headers, sections_size, 64);
    expect(file->sections[0].type == SHT_NULL, ELF_FAILED_TO_PARSE);
    check_segments(file);
    check_sections(file, tables);
    read_section_names(file);
    read_dynamic_table(file);
    read_relocations(file);
    read_symbols(file);
}

// VALIDATION

static u64 size_in_file(const struct section_header *section) {
    return section->type == SHT_NOBITS ? 0 : section->size;
}

static int contains(const struct section_header *section, u64 address) {
    u64 end = section->address + section->size;
    if (end < section->address) end = ~0UL;
    return section->address <= address && address < end;
}

static const struct section_header *validate(const struct file *file) {
    const struct elf_header *header = file->header;
    const struct section_header *text = 0;
    u32 count = header->section_header_count, texts = 0;
    expect(header->identification[7] == 0, ELF_WRONG_ABI);
    expect(header->machine == 247 || header->machine == 263, ELF_WRONG_MACHINE);
    expect(header->type == 3, ELF_WRONG_TYPE);
    for (u32 i = 0; i < count; i++)
        if (IS_NAMED(file->names[i], ".text")) text = &file->sections[i], texts++;
    expect(texts == 1, ELF_NOT_ONE_TEXT_SECTION);
    for (u32 i = 0; i < count; i++) {
        struct name name = file->names[i];
        int is_writable = (file->sections[i].flags & 3) == 3 && STARTS(name, ".data") && !STARTS(name, ".data.rel");
        expect(!is_writable && !STARTS(name, ".bss"), ELF_WRITABLE_SECTION_NOT_SUPPORTED);
    }
    for (u32 i = 0; i < count; i++) checked_end(file->sections[i].offset, file->sections[i].size, file->size);
    expect(contains(text, header->entry), ELF_ENTRYPOINT_OUT_OF_BOUNDS);
    expect(text->address <= IMAGE_ADDRESS, ELF_VALUE_OUT_OF_BOUNDS);
    return text;
}

// RELOCATION

static u8 *place(u8 *data, const struct file *file, u64 offset, u64 size) {
    expect(offset <= file->size && size <= file->size - offset, ELF_VALUE_OUT_OF_BOUNDS);
    return data + offset;
}

static u64 in_image(u64 address) { return address < IMAGE_ADDRESS ? address + IMAGE_ADDRESS : address; }

static const struct symbol *symbol_of(const struct file *file, const struct relocation *relocation) {
    u64 index = relocation->info >> 32;
    expect(index < file->symbol_count, ELF_UNKNOWN_SYMBOL);
    return &file->symbols[index];
}

static void write_address(u8 *data, const struct file *file, u64 low, u64 address) {
    write32(place(data, file, low, 4), (u32)address);
    write32(place(data, file, low + SLOT, 4), (u32)(address >> 32));
}

// The offset of an immediate. If the sum overflows, the result is past the end of any file.
static u64 immediate_of(const struct relocation *relocation) {
    return relocation->offset > ~0UL - 16 ? ~0UL - 16 : relocation->offset + 4;
}

static void relocate_symbol_address(u8 *data, const struct file *file, const struct relocation *relocation) {
    u64 low = immediate_of(relocation), addend = read32(place(data, file, low, 4));
    u64 value = symbol_of(file, relocation)->value;
    write_address(data, file, low, in_image(value > ~0UL - addend ? ~0UL : value + addend));
}

static void relocate_relative(u8 *data, const struct file *file, const struct section_header *text,
                              const struct relocation *relocation) {
    u64 low = immediate_of(relocation), address = read32(place(data, file, low, 4));
    if (relocation->offset < text->offset || relocation->offset - text->offset >= size_in_file(text)) {
        write64(place(data, file, relocation->offset, 8), IMAGE_ADDRESS + address);
        return;
    }
    address |= (u64)read32(place(data, file, low + SLOT, 4)) << 32;
    expect(address != 0, ELF_INVALID_VIRTUAL_ADDRESS);
    write_address(data, file, low, in_image(address));
}

static u32 call_key(struct program *program, const struct file *file, const struct section_header *text,
                    const struct symbol *symbol) {
    struct name name;
    int is_known = file->symbol_names && !find_name(file, file->symbol_names, symbol->name, SYMBOL_NAME_LIMIT, &name);
    expect(is_known, ELF_UNKNOWN_SYMBOL);
    if ((symbol->info & 0xF) != 2 || symbol->value == 0) return hash_bytes(name.bytes, name.size);
    expect(contains(text, symbol->value), ELF_VALUE_OUT_OF_BOUNDS);
    return register_function(program, (symbol->value - text->address) / SLOT, IS_NAMED(name, "entrypoint"));
}

static void relocate(struct program *program, u8 *data, const struct file *file, const struct section_header *text) {
    // A symbol always means the same, so it is looked up once. An entry holds its key, and a bit that marks it known.
    u64 *keys = allocate(8 * file->symbol_count);
    for (u64 i = 0; i < file->relocation_count; i++) {
        const struct relocation *relocation = &file->relocations[i];
        u32 type = (u32)relocation->info;
        if (type == 8) relocate_relative(data, file, text, relocation);
        else if (type == 10) {
            const struct symbol *symbol = symbol_of(file, relocation);
            u64 *key = &keys[symbol - file->symbols];
            if (!*key) *key = call_key(program, file, text, symbol) | 1UL << 32;
            write32(place(data, file, immediate_of(relocation), 4), (u32)*key);
        } else {
            expect(type == 1, ELF_UNKNOWN_RELOCATION);
            relocate_symbol_address(data, file, relocation);
        }
    }
}

// THE IMAGE

static int is_read_only(struct name name) {
    return IS_NAMED(name, ".text") || IS_NAMED(name, ".rodata") || IS_NAMED(name, ".data.rel.ro") ||
           IS_NAMED(name, ".eh_frame");
}

// Puts the read-only sections at their addresses, later sections over earlier sections, with zeros elsewhere. Linkers
// make a section's address equal its offset in the file. In that case nothing moves and only the gaps are cleared.
static void lay_out_image(struct program *program, u8 *data, const struct file *file) {
    u32 count = file->header->section_header_count;
    u64 end = 0;
    int is_in_place = 1;
    for (u32 i = 0; i < count; i++) {
        const struct section_header *section = &file->sections[i];
        if (!is_read_only(file->names[i])) continue;
        expect(section->address <= IMAGE_ADDRESS, ELF_VALUE_OUT_OF_BOUNDS);
        u64 section_end = section->address + size_in_file(section);
        if (section_end > end) end = section_end;
        is_in_place &= section->type == SHT_NOBITS || section->address == section->offset;
    }
    expect(end <= file->size, ELF_VALUE_OUT_OF_BOUNDS);
    u8 *image = is_in_place ? data : allocate(end);
    u64 done = 0;
    for (u32 i = 0; i < count; i++) {
        const struct section_header *section = &file->sections[i];
        u64 size = size_in_file(section);
        if (!is_read_only(file->names[i]) || section->type == SHT_NOBITS) continue;
        if (!is_in_place) memcpy(image + section->address, data + section->offset, size);
        else {
            if (section->offset > done) memset(image + done, 0, section->offset - done);
            if (section->offset + size > done) done = section->offset + size;
        }
    }
    if (is_in_place && end > done) memset(image + done, 0, end - done);
    program->image = image, program->image_size = end;
}

void load_lenient(struct program *program, struct content content) {
    struct file file;
    memset(&file, 0, sizeof file);
    parse(&file, content);
    const struct section_header *text = validate(&file);
    u8 *data = allocate(file.size + 8);
    memcpy(data, file.data, file.size);
    u64 text_size = size_in_file(text);
    make_function_table(program, text->size / SLOT);
    fix_calls(program, data + text->offset, text_size, 0);
    relocate(program, data, &file, text);
    u64 offset = file.header->entry - text->address;
    expect(offset % SLOT == 0, ELF_INVALID_ENTRYPOINT);
    program->entry = offset / SLOT;
    set_entrypoint(program);
    lay_out_image(program, data, &file);
    const u8 *code = program->image + text->address;
    if ((u64)code & 7) { // the machine fetches whole slots
        u8 *copy = allocate(text_size);
        memcpy(copy, code, text_size);
        code = copy;
    }
    program->text = (const u64 *)code;
    program->text_size = text_size, program->slots = text_size / SLOT;
    program->text_address = IMAGE_ADDRESS + text->address;
}
