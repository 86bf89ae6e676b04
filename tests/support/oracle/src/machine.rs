//! The answers, from the reference crate.

use std::{ptr::NonNull, sync::Arc};

use serde_json::{Value, json};
use solana_sbpf::{
    aligned_memory::AlignedMemory,
    assembler,
    ebpf::{HOST_ALIGN, MM_HEAP_START, MM_INPUT_START, MM_STACK_START, hash_symbol_name},
    elf::{ElfError, Executable},
    error::{EbpfError, ProgramResult},
    interpreter::Interpreter,
    memory_region::{MemoryMapping, MemoryRegion},
    program::{BuiltinFunctionDefinition, BuiltinProgram, FunctionRegistry, SBPFVersion},
    static_analysis::Analysis,
    verifier::RequisiteVerifier,
    vm::{CallFrame, Config, ContextObject, EbpfVm},
};

use crate::request::{Code, Request};

/// What the machine asks of its surroundings: a meter and a memory.
struct Context {
    remaining: u64,
    memory: MemoryMapping,
}

impl ContextObject for Context {
    fn consume(&mut self, amount: u64) {
        self.remaining = self.remaining.saturating_sub(amount);
    }

    fn get_remaining(&self) -> u64 {
        self.remaining
    }

    fn active_mapping_ptr(&mut self) -> NonNull<MemoryMapping> {
        NonNull::from_mut(&mut self.memory)
    }
}

/// A syscall that exists for the loader, which must know its name, and is never run.
struct NameOnly;

impl BuiltinFunctionDefinition<Context> for NameOnly {
    type Error = &'static str;

    fn rust(_: &mut Context, _: u64, _: u64, _: u64, _: u64, _: u64) -> Result<u64, Self::Error> {
        Err("the oracle has no syscalls")
    }
}

pub fn answer(request: Request) -> Value {
    let answer = match request {
        Request::Load {
            code,
            syscalls,
            newest_version,
        } => enabled(newest_version)
            .and_then(|config| load(code, &syscalls, config))
            .map(describe),
        Request::Disassemble { code, syscalls } => disassemble(code, &syscalls),
        Request::Assemble { source, version } => assemble(&source, version),
        Request::Run {
            code,
            input,
            heap,
            budget,
            trace,
            registers,
        } => run(code, input.0, heap, budget, trace, &registers),
    };
    answer.unwrap_or_else(|error| json!({ "load_error": load_error(&error) }))
}

/// What mainnet enables.
const NEWEST_VERSION: u8 = 3;

/// Settings under which ELF files are accepted up to a version.
fn enabled(newest_version: u8) -> Result<Config, EbpfError> {
    Ok(Config {
        enabled_sbpf_versions: SBPFVersion::V0..=sbpf_version(newest_version)?,
        ..Config::default()
    })
}

fn load(code: Code, syscalls: &[String], base: Config) -> Result<Executable<Context>, EbpfError> {
    let mut loader = BuiltinProgram::new_loader(Config {
        optimize_rodata: false,
        aligned_memory_mapping: true,
        ..base
    });
    for name in syscalls {
        loader.register_definition::<NameOnly>(name)?;
    }
    let loader = Arc::new(loader);
    let executable = match code {
        Code::Elf(bytes) => Executable::from_elf(&bytes.0, loader)?,
        Code::Text {
            bytes,
            version,
            entry,
            functions,
        } => {
            let mut registry = FunctionRegistry::default();
            for (key, pc) in functions {
                registry.register_function(key, format!("function_{pc}"), pc)?;
            }
            registry.register_function(hash_symbol_name(b"entrypoint"), "entrypoint", entry)?;
            Executable::from_text_bytes(&bytes.0, loader, sbpf_version(version)?, registry)?
        }
    };
    executable.verify::<RequisiteVerifier>()?;
    Ok(executable)
}

fn sbpf_version(number: u8) -> Result<SBPFVersion, ElfError> {
    match number {
        0 => Ok(SBPFVersion::V0),
        1 => Ok(SBPFVersion::V1),
        2 => Ok(SBPFVersion::V2),
        3 => Ok(SBPFVersion::V3),
        4 => Ok(SBPFVersion::V4),
        _ => Err(ElfError::UnsupportedSBPFVersion),
    }
}

fn load_error(error: &EbpfError) -> Value {
    let (kind, debug, display) = match error {
        EbpfError::ElfError(error) => ("ElfError", format!("{error:?}"), error.to_string()),
        EbpfError::VerifierError(error) => {
            ("VerifierError", format!("{error:?}"), error.to_string())
        }
        other => ("EbpfError", format!("{other:?}"), other.to_string()),
    };
    let name = debug.split('(').next().unwrap_or_default();
    json!({ "kind": kind, "name": name, "text": display })
}

fn describe(executable: Executable<Context>) -> Value {
    let (text_address, text) = executable.get_text_bytes();
    let functions: Vec<_> = executable
        .get_function_registry()
        .iter()
        .map(|(key, (_name, pc))| (key, pc))
        .collect();
    json!({
        "text": hex::encode(text),
        "text_address": text_address,
        "image": hex::encode(executable.get_ro_section()),
        "image_address": executable.get_ro_region().vm_addr,
        "entry": executable.get_entrypoint_instruction_offset(),
        "functions": functions,
    })
}

fn disassemble(code: Code, syscalls: &[String]) -> Result<Value, EbpfError> {
    let labels = Config {
        enable_symbol_and_section_labels: true,
        ..enabled(NEWEST_VERSION)?
    };
    let executable = load(code, syscalls, labels)?;
    let analysis = Analysis::from_executable(&executable)?;
    let lines: Vec<_> = analysis
        .instructions
        .iter()
        .map(|instruction| {
            let pc = instruction.ptr;
            (pc, analysis.disassemble_instruction(instruction, pc))
        })
        .collect();
    Ok(json!({ "lines": lines }))
}

fn assemble(source: &str, version: u8) -> Result<Value, EbpfError> {
    let loader = BuiltinProgram::<Context>::new_loader(Config {
        enabled_sbpf_versions: SBPFVersion::V0..=sbpf_version(version)?,
        ..Config::default()
    });
    Ok(match assembler::assemble(source, Arc::new(loader)) {
        Ok(executable) => json!({
            "text": hex::encode(executable.get_text_bytes().1),
            "entry": executable.get_entrypoint_instruction_offset(),
        }),
        Err(text) => json!({ "assembly_error": text }),
    })
}

fn run(
    code: Code,
    input: Vec<u8>,
    heap: usize,
    budget: u64,
    trace: bool,
    registers: &[(usize, u64)],
) -> Result<Value, EbpfError> {
    let traced = Config {
        enable_register_tracing: trace,
        ..Config::default()
    };
    let executable = load(code, &[], traced)?;
    let (config, version) = (executable.get_config(), executable.get_sbpf_version());
    let gap = match version.stack_frame_gaps() && config.enable_stack_frame_gaps {
        true => config.stack_frame_size as u64,
        false => 0,
    };
    let mut stack = AlignedMemory::<HOST_ALIGN>::zero_filled(config.stack_size());
    let mut heap = AlignedMemory::<HOST_ALIGN>::zero_filled(heap);
    let mut input = AlignedMemory::<HOST_ALIGN>::from_slice(&input);
    let regions = vec![
        executable.get_ro_region(),
        MemoryRegion::new_gapped(&raw mut *stack.as_slice_mut(), MM_STACK_START, gap),
        MemoryRegion::new(&raw mut *heap.as_slice_mut(), MM_HEAP_START),
        MemoryRegion::new(&raw mut *input.as_slice_mut(), MM_INPUT_START),
    ];
    // SAFETY: the executable, stack, heap and input outlive the mapping, all are plain bytes, and nothing else touches
    // them until the run is over.
    let memory = unsafe { MemoryMapping::new(regions, config, version)? };
    let mut context = Context {
        remaining: budget,
        memory,
    };
    let mut vm = EbpfVm::new(
        executable.get_loader().clone(),
        version,
        &mut context,
        config.stack_size(),
    );
    vm.previous_instruction_meter = budget;
    let mut state = vm.registers;
    state[1] = MM_INPUT_START;
    state[11] = executable.get_entrypoint_instruction_offset() as u64;
    for (register, value) in registers {
        state[*register] = *value;
    }
    let mut frames = vec![CallFrame::default(); config.max_call_depth];
    let mut interpreter = Interpreter::new(&mut vm, &executable, state, &mut frames);
    while interpreter.step() {}
    let after = interpreter.reg;
    let error = match &vm.program_result {
        ProgramResult::Ok(_) => Value::Null,
        ProgramResult::Err(error) => json!(error.to_string()),
    };
    Ok(json!({
        "result": format!("{:?}", vm.program_result),
        "error": error,
        "instructions": vm.due_insn_count,
        "registers": after[..11],
        "pc": after[11],
        "trace": vm.register_trace,
        "input": hex::encode(input.as_slice()),
    }))
}
