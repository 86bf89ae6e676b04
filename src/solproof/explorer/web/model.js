// The frames: programs that run, and the state before and after each of their steps. Steps count from 0.

const READ = 0, WRITE = 1, SYSCALL = 2;
const PAGE = 4096;
const INPUT = 4 * 2 ** 32;

// The position of the last element that is at most x, or -1 if there is none. The array rises.
function lastAtMost(array, x) {
  let low = 0, high = array.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (array[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// A program and its code. Several frames may run it.
class Program {
  constructor(description, image) {
    this.entry = description.entry;
    this.version = description.sbpf_version;
    this.sha256 = description.sha256;
    this.functions = description.functions;
    this.image = new Region(description.image, image);
    this.listing = description.slots.map(([pc, code, mnemonic, text, operands]) => ({
      pc, code, mnemonic, text, operands: operands ?? {},
    }));
    this.lines = description.lines.map(([, line]) => line);
    this.lineStarts = Uint32Array.from(description.lines, ([start]) => start);
    this.slots = new Map(this.listing.map((slot) => [slot.pc, slot]));
  }

  // The source line of a slot, such as src/lib.rs:12, or undefined.
  sourceLine(pc) {
    return this.lines[lastAtMost(this.lineStarts, pc)] ?? undefined;
  }

  functionName(pc) {
    return this.functions[pc] ?? `function_${pc}`;
  }
}

// One frame: a program from its first to its last step.
class Run {
  constructor(header, program, name, columns) {
    this.header = header;
    this.program = program;
    const column = (part) => columns[`${name}.${part}`];
    this.pc = column("pc");
    this.steps = header.steps;
    this.lastStep = Math.max(header.steps - 1, 0);
    this.initial = header.registers.map(BigInt);
    this.histories = this.initial.map((_, register) => ({
      steps: column(`r${register}.step`),
      values: column(`r${register}.value`),
    }));
    this.executed = new Map(); // from a pc to the number of its executions
    for (const pc of this.pc) this.executed.set(pc, this.executedAt(pc) + 1);
    this.readAccesses(column);
    this.readSyscalls(header.syscalls);
    this.readCalls(header.calls);
    this.regions = [program.image, ...header.regions.map((region) => new Region(region, column(region.name)))];
    this.labels = header.labels.map(([name, start, end]) => ({ name, start: INPUT + start, end: INPUT + end }));
    this.labelStarts = Float64Array.from(this.labels, (label) => label.start);
    this.places = { steps: [], positions: [] };
    this.settled = new Map();
  }

  // THE TIMELINE

  // From this step on, the steps of the frame have successive positions on the timeline.
  place(step, position) {
    this.places.steps.push(step);
    this.places.positions.push(position);
  }

  positionAt(step) {
    const place = lastAtMost(this.places.steps, step);
    return this.places.positions[place] + step - this.places.steps[place];
  }

  // Where the effect of a step shows. For a step that calls another program, this is after that program.
  effectPositionAt(step) {
    return this.settled.get(step) ?? this.positionAt(step);
  }

  // CODE

  executedAt(pc) {
    return this.executed.get(pc) ?? 0;
  }

  // The next step at a pc after a step, or else the first one.
  nextAt(pc, step) {
    const next = this.pc.indexOf(pc, step + 1);
    return next >= 0 ? next : this.pc.indexOf(pc);
  }

  slotOf(step) {
    return this.program.slots.get(this.pc[step]);
  }

  // REGISTERS

  registerAfter(register, step) {
    const { steps, values } = this.histories[register];
    const place = lastAtMost(steps, step);
    return place < 0 ? this.initial[register] : values[place];
  }

  registerBefore(register, step) {
    return this.registerAfter(register, step - 1);
  }

  // The step that gave a register the value that it has before `step`, or -1 for the start of the run.
  lastChange(register, step) {
    const { steps } = this.histories[register];
    const place = lastAtMost(steps, step - 1);
    return place < 0 ? -1 : steps[place];
  }

  nextChange(register, step) {
    const { steps } = this.histories[register];
    const place = lastAtMost(steps, step) + 1;
    return place < steps.length ? steps[place] : -1;
  }

  // MEMORY

  readAccesses(column) {
    this.access = {
      step: column("access.step"),
      address: Float64Array.from(column("access.address"), Number), // below 2^36
      size: column("access.size"),
      kind: column("access.kind"),
      old: column("access.old"),
      new: column("access.new"),
    };
    this.hasHoles = this.header.regions.some((region) => region.has_holes);
    this.words = new Map(); // from the number of an 8-byte word to its accesses, in order
    for (let number = 0; number < this.access.step.length; number++) {
      const first = this.access.address[number];
      const last = this.byteAddress(first, this.access.size[number] - 1);
      for (const word of new Set([Math.floor(first / 8), Math.floor(last / 8)])) {
        if (!this.words.has(word)) this.words.set(word, []);
        this.words.get(word).push(number);
      }
    }
  }

  // The address of a byte of an access. After a frame of a V0 stack comes the next frame, not the hole.
  byteAddress(address, position) {
    const crosses = this.hasHoles && Math.floor(address / 2 ** 32) === 2 && (address % PAGE) + position >= PAGE;
    return address + position + (crosses ? PAGE : 0);
  }

  // The numbers of the accesses of a step: the first, and the one after the last.
  accessesOf(step) {
    return [lastAtMost(this.access.step, step - 1) + 1, lastAtMost(this.access.step, step) + 1];
  }

  accessesOfWord(address) {
    return this.words.get(Math.floor(address / 8)) ?? [];
  }

  // A byte after a step, and the access that wrote it. The byte is null if it does not exist, and undefined if
  // this file does not contain it.
  byteAfter(address, step) {
    const numbers = this.accessesOfWord(address);
    let high = numbers.length;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.access.step[numbers[middle]] <= step) low = middle + 1;
      else high = middle;
    }
    for (let place = low - 1; place >= 0; place--) {
      const number = numbers[place];
      if (this.access.kind[number] === READ) continue;
      const position = this.offsetIn(number, address);
      if (position < 0) continue;
      const shift = BigInt(8 * position);
      if (this.access.kind[number] === WRITE || this.access.old[number] !== this.access.new[number]) {
        return { value: Number((this.access.new[number] >> shift) & 255n), writer: number };
      }
    }
    const region = this.regionOf(address);
    return { value: region ? region.byte(address) : null, writer: -1 };
  }

  offsetIn(number, address) {
    const start = this.access.address[number];
    for (let position = 0; position < this.access.size[number]; position++) {
      if (this.byteAddress(start, position) === address) return position;
    }
    return -1;
  }

  regionOf(address) {
    return this.regions.find((region) => address >= region.start && address < region.end);
  }

  // Whether a value is the address of a byte of memory.
  isAddress(value) {
    return value >= 2n ** 32n && value < 5n * 2n ** 32n && this.regionOf(Number(value)) !== undefined;
  }

  // LABELS

  // The part of the input that an address is in, such as accounts[0].lamports, or undefined.
  labelOf(address) {
    const label = this.labels[lastAtMost(this.labelStarts, address)];
    return label && address < label.end ? label : undefined;
  }

  labelNamed(name) {
    return this.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
  }

  // An address in words: a part of the input, or a region, with the distance from its start.
  placeName(address) {
    const { name, start } = this.labelOf(address) ?? this.regionOf(address);
    return address === start ? name : `${name}+${hex(address - start)}`;
  }

  // For each part of the input, the steps that changed it, in rising order.
  get writers() {
    if (this.knownWriters) return this.knownWriters;
    this.knownWriters = new Map();
    const { step, address, size } = this.access;
    for (let number = 0; number < step.length; number++) {
      if (address[number] < INPUT || this.access.old[number] === this.access.new[number]) continue;
      for (let position = 0; position < size[number]; position++) {
        const shift = BigInt(8 * position);
        if (((this.access.old[number] ^ this.access.new[number]) >> shift) % 256n === 0n) continue;
        const name = this.labelOf(address[number] + position)?.name;
        const steps = this.knownWriters.get(name) ?? [];
        if (steps.length === 0) this.knownWriters.set(name, steps);
        if (steps.at(-1) !== step[number]) steps.push(step[number]);
      }
    }
    return this.knownWriters;
  }

  // CALLS

  readCalls(calls) {
    const entry = { start: 0, end: this.lastStep, target: this.program.entry };
    const others = calls.map(([step, target, end]) => ({ start: step + 1, end: end < 0 ? this.lastStep : end, target }));
    this.calls = new Calls([entry, ...others]);
  }

  depthOf(step) {
    return this.calls.depthOf(step);
  }

  // SYSCALLS AND METER

  readSyscalls(syscalls) {
    this.syscalls = syscalls;
    this.syscallSteps = Uint32Array.from(syscalls, (syscall) => syscall.step);
    let total = 0;
    this.syscallUnits = syscalls.map((syscall) => (total += syscall.compute_units));
  }

  syscallOf(step) {
    const place = lastAtMost(this.syscallSteps, step);
    return place >= 0 && this.syscallSteps[place] === step ? this.syscalls[place] : null;
  }

  // Compute units consumed before a step.
  unitsBefore(step) {
    const place = lastAtMost(this.syscallSteps, step - 1);
    const consumed = step + (place < 0 ? 0 : this.syscallUnits[place]);
    return Math.min(consumed, this.header.compute_unit_limit);
  }

  faultOf(step) {
    return step === this.steps - 1 ? this.header.fault : null;
  }

  // The effect of a step, in a few words.
  effect(step) {
    const syscall = this.syscallOf(step);
    if (this.faultOf(step)) return this.header.fault.name;
    if (syscall) return syscall.result === null ? "failed" : `r0 = ${hex(BigInt(syscall.result))}`;
    const slot = this.slotOf(step);
    const [first, end] = this.accessesOf(step);
    if (first < end && this.access.kind[first] === WRITE) {
      return `[${hex(this.access.address[first])}] = ${hex(this.access.new[first])}`;
    }
    if (slot.mnemonic?.startsWith("J")) {
      const taken = step < this.lastStep && this.pc[step + 1] !== slot.pc + 1;
      return taken ? `to ${this.pc[step + 1]}` : slot.mnemonic === "JA" ? "" : "not taken";
    }
    if (slot.mnemonic === "EXIT") return this.depthOf(step) ? "return" : "end";
    if (slot.mnemonic?.startsWith("CALL")) return "";
    const register = slot.operands.writes;
    return register === undefined ? "" : `r${register} = ${hex(this.registerAfter(register, step))}`;
  }
}

// One region of memory before the run, given by its pages that are not all zeros.
class Region {
  constructor(description, content) {
    this.name = description.name;
    this.start = description.address;
    this.size = description.size;
    this.hasHoles = description.has_holes;
    this.writable = description.writable;
    this.end = this.start + (this.hasHoles ? 2 : 1) * this.size; // virtual addresses
    this.content = content;
    this.pages = new Map(description.pages.map((page, position) => [page, position]));
    this.unknown = new Set(description.unknown_pages);
  }

  // The position of a virtual address in the region, not counting holes, and the reverse.
  offset(address) {
    const offset = address - this.start;
    return this.hasHoles ? Math.floor(offset / (2 * PAGE)) * PAGE + (offset % PAGE) : offset;
  }

  address(offset) {
    return this.start + (this.hasHoles ? offset + Math.floor(offset / PAGE) * PAGE : offset);
  }

  byte(address) {
    if (this.hasHoles && (address - this.start) & PAGE) return null;
    const offset = this.offset(address);
    if (offset >= this.size) return null;
    const page = Math.floor(offset / PAGE);
    if (this.unknown.has(page)) return undefined;
    const position = this.pages.get(page);
    return position === undefined ? 0 : this.content[position * PAGE + (offset % PAGE)];
  }
}
