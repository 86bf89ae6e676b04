// The records of a 64-bit ELF file, in the layout of the file.
#pragma once

#include "platform.h"

struct elf_header {
    u8 identification[16];
    u16 type, machine;
    u32 version;
    u64 entry, program_headers, section_headers;
    u32 flags;
    u16 size, program_header_size, program_header_count, section_header_size, section_header_count, names_section;
};

struct program_header {
    u32 type, flags;
    u64 offset, address, physical_address, file_size, memory_size, alignment;
};

struct section_header {
    u32 name, type;
    u64 flags, address, offset, size;
    u32 link, info;
    u64 alignment, entry_size;
};

struct symbol {
    u32 name;
    u8 info, other;
    u16 section;
    u64 value, size;
};

struct relocation {
    u64 offset, info;
};

_Static_assert(sizeof(struct elf_header) == 64, "file header");
_Static_assert(sizeof(struct program_header) == 56, "program header");
_Static_assert(sizeof(struct section_header) == 64, "section header");
_Static_assert(sizeof(struct symbol) == 24, "symbol");

#define PT_LOAD 1
#define PT_DYNAMIC 2
#define SHT_NULL 0
#define SHT_SYMTAB 2
#define SHT_STRTAB 3
#define SHT_DYNAMIC 6
#define SHT_NOBITS 8
#define SHT_DYNSYM 11
#define DT_SYMTAB 6
#define DT_REL 17
#define DT_RELSZ 18
#define DT_RELENT 19
#define DT_COUNT 35
