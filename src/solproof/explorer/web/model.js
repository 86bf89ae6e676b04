// The run: the state before and after every step. Steps count from 0.

const READ = 0, WRITE = 1, SYSCALL = 2;
const PAGE = 4096;

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

class Run {
  constructor(header, columns) {
    this.header = header;
    this.pc = columns.pc;
    this.steps = header.steps;
    this.lastStep = Math.max(header.steps - 1, 0);
    this.initial = header.registers.map(BigInt);
    this.histories = this.initial.map((_, register) => ({
      steps: columns[`r${register}.step`],
      values: columns[`r${register}.value`],
    }));
    this.readSlots(header.slots);
    this.readAccesses(columns);
    this.readSyscalls(header.syscalls);
    this.readCalls(header.calls);
    this.regions = header.regions.map((region) => new Region(region, columns[`region.${region.name}`]));
  }

  // CODE

  readSlots(slots) {
    this.slots = new Map();
    this.listing = [];
    for (const [pc, code, mnemonic, text, operands] of slots) {
      const slot = { pc, code, mnemonic, text, operands: operands ?? {}, executed: 0, first: -1 };
      this.slots.set(pc, slot);
      this.listing.push(slot);
    }
    this.pc.forEach((pc, step) => {
      const slot = this.slots.get(pc);
      if (slot.executed === 0) slot.first = step;
      slot.executed += 1;
    });
  }

  slotOf(step) {
    return this.slots.get(this.pc[step]);
  }

  functionName(pc) {
    return this.header.functions[pc] ?? `function_${pc}`;
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

  readAccesses(columns) {
    this.access = {
      step: columns["access.step"],
      address: Float64Array.from(columns["access.address"], Number), // below 2^36
      size: columns["access.size"],
      kind: columns["access.kind"],
      old: columns["access.old"],
      new: columns["access.new"],
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

  // The memory that a value points to, if the value is an address.
  pointee(value) {
    if (value < 2n ** 32n || value >= 5n * 2n ** 32n) return null;
    const region = this.regionOf(Number(value));
    return region ? region.name : null;
  }

  // CALLS

  readCalls(calls) {
    const open = { start: 0, end: this.lastStep, target: this.header.entry, depth: 0, parent: -1, children: [] };
    this.calls = [open];
    const stack = [0];
    for (const [step, target, end] of calls) {
      while (this.calls[stack.at(-1)].end < step) stack.pop();
      const parent = stack.at(-1);
      const number = this.calls.length;
      this.calls.push({
        start: step + 1,
        end: end < 0 ? this.lastStep : end,
        target,
        depth: this.calls[parent].depth + 1,
        parent,
        children: [],
      });
      this.calls[parent].children.push(number);
      stack.push(number);
    }
    this.callStarts = Uint32Array.from(this.calls, (call) => call.start);
    this.deepest = this.calls.reduce((depth, call) => Math.max(depth, call.depth), 0);
  }

  // The number of the innermost call that contains a step.
  callOf(step) {
    let number = lastAtMost(this.callStarts, step);
    while (number > 0 && this.calls[number].end < step) number = this.calls[number].parent;
    return Math.max(number, 0);
  }

  depthOf(step) {
    return this.calls[this.callOf(step)].depth;
  }

  callStack(step) {
    const stack = [];
    for (let number = this.callOf(step); number >= 0; number = this.calls[number].parent) stack.unshift(number);
    return stack;
  }

  // The next step that is not deeper than this one, and the previous one.
  over(step) {
    const depth = this.depthOf(step);
    let next = step + 1;
    while (next < this.lastStep && this.depthOf(next) > depth) next = this.calls[this.callOf(next)].end + 1;
    return next;
  }

  backOver(step) {
    const depth = this.depthOf(step);
    let previous = step - 1;
    while (previous > 0 && this.depthOf(previous) > depth) previous = this.calls[this.callOf(previous)].start - 1;
    return previous;
  }

  out(step) {
    return this.calls[this.callOf(step)].end + 1;
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

  unitsOfCall(call) {
    return this.unitsBefore(call.end + 1) - this.unitsBefore(call.start);
  }

  faultOf(step) {
    return step === this.steps - 1 ? this.header.outcome.fault : null;
  }

  // The effect of a step, in a few words.
  effect(step) {
    const syscall = this.syscallOf(step);
    if (this.faultOf(step)) return this.header.outcome.fault.name;
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
    const register = slot.operands.destination;
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
