// The execution: its frames, and one timeline across them. Positions on the timeline count from 0.
// A step of a frame has one position. A step that calls a program has two: "invoke" before the program and
// "return" after it. The runtime's own steps have one each: an instruction begins, a builtin program runs, the
// accounts are read back, an instruction ends.

class Execution {
  constructor(header, columns) {
    this.header = header;
    this.instructions = header.instructions;
    this.programs = header.programs.map((program, number) => new Program(program, columns[`program${number}.image`]));
    this.runs = header.frames.map(
      (frame, number) => new Run(frame, this.programs[frame.program], `frame${number}`, columns),
    );
    this.readTimeline(header.timeline);
    this.hasRuntime = header.is_transaction || this.entries.some((entry) => entry.kind !== "steps");
    this.calls = new Calls(this.callsInOrder());
    this.linePositions = header.log_places.map((place) => this.placeOfLine(place));
    this.operations = new Map();
    for (const { kind, instruction, operation } of this.entries) {
      if (kind === "builtin") this.operations.set(instruction, operation);
    }
  }

  // THE TIMELINE

  readTimeline(entries) {
    let position = 0;
    this.spans = this.instructions.map(() => ({ start: 0, end: 0 }));
    this.entries = entries.map((fields) => {
      const entry = { ...fields, position, run: fields.frame === null ? null : this.runs[fields.frame] };
      if (entry.kind === "steps") entry.run.place(entry.start, position);
      else if (entry.kind === "invoke") entry.run.place(entry.step, position);
      else if (entry.step !== undefined) entry.run.settled.set(entry.step, position);
      if (entry.kind === "begin") this.spans[entry.instruction].start = position;
      if (entry.kind === "end") this.spans[entry.instruction].end = position;
      position += entry.kind === "steps" ? entry.end - entry.start : 1;
      return entry;
    });
    this.length = position;
    this.last = Math.max(position - 1, 0);
    this.starts = Uint32Array.from(this.entries, (entry) => entry.position);
  }

  // What is at a position: the kind of its entry, the instruction, the frame with the last step whose effect
  // shows ("state"), and the step of the frame that is there, if it is one.
  at(position) {
    const entry = this.entries[lastAtMost(this.starts, position)];
    if (entry.kind !== "steps") return entry;
    const step = entry.start + position - entry.position;
    return { kind: "steps", instruction: entry.instruction, run: entry.run, step, state: step };
  }

  // Compute units consumed after a position.
  unitsAfter(position) {
    if (position < 0) return 0;
    const { kind, run, step, units } = this.at(position);
    return kind === "steps" ? run.header.units_before + run.unitsBefore(step + 1) : units;
  }

  // THE LOG

  // Where a line of the log was written: [what wrote it, its instruction, its step].
  placeOfLine([writer, instruction, step]) {
    if (writer === "step") return this.runs[this.instructions[instruction].frame].effectPositionAt(step);
    if (!this.hasRuntime) return writer === "begin" ? 0 : this.last;
    if (writer === "begin") return this.spans[instruction].start;
    const builtin = this.entries.find((entry) => entry.kind === "builtin" && entry.instruction === instruction);
    return writer === "builtin" && builtin ? builtin.position : this.spans[instruction].end;
  }

  // The numbers of the lines that were written at a position.
  linesAt(position) {
    return this.linePositions.flatMap((place, line) => (place === position ? [line] : []));
  }

  // CALLS

  // The transaction, its instructions, and the functions of all frames, in the order in which they begin.
  callsInOrder() {
    const found = [];
    if (this.header.is_transaction) found.push({ start: 0, end: this.last, name: "transaction", hue: 0 });
    if (this.hasRuntime) {
      this.spans.forEach((span, instruction) => {
        found.push({ ...span, name: this.programName(instruction), hue: this.hueOf(instruction), instruction });
      });
    }
    for (const run of this.runs) {
      if (run.steps === 0 && this.hasRuntime) continue;
      const hue = 4 * this.programs.indexOf(run.program);
      for (const { start, end, target } of run.calls.list) {
        found.push({
          start: start > run.lastStep ? run.effectPositionAt(run.lastStep) + 1 : run.positionAt(start),
          end: run.effectPositionAt(end),
          name: run.program.functionName(target),
          hue: target * 7 + hue,
        });
      }
    }
    return found.sort((one, other) => one.start - other.start);
  }

  hueOf(instruction) {
    return [...this.instructions[instruction].program].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  }

  unitsOfCall({ start, end }) {
    return this.unitsAfter(end) - this.unitsAfter(start - 1);
  }

  // NAMES

  addressName(address) {
    return this.header.names[address] ?? `${address.slice(0, 4)}…${address.slice(-4)}`;
  }

  programName(instruction) {
    return this.addressName(this.instructions[instruction].program);
  }

  // An instruction: its program, and what the program is asked for, if that is known.
  instructionName(number) {
    const operation = this.instructions[number].decoded?.name ?? this.operations.get(number);
    return this.programName(number) + (operation ? `: ${operation}` : "");
  }

  // What the runtime does at a position, in a few words, and with what effect.
  textOf(moment) {
    const name = this.programName(moment.instruction);
    switch (moment.kind) {
      case "begin":
        return `${name} begins`;
      case "builtin":
        return `${moment.program} runs ${moment.operation}`;
      case "read back":
        return `${name}'s accounts are read back`;
      case "return":
        return `return from ${this.programName(moment.callee)}`;
      case "end":
        return `${name} ends`;
    }
    return moment.run.slotOf(moment.step).text;
  }

  effect(moment) {
    const instruction = this.instructions[moment.instruction];
    switch (moment.kind) {
      case "begin":
        return plural(instruction.accounts.length, "account");
      case "end":
        return instruction.error?.name ?? "success";
      case "invoke":
        return moment.callee === null ? moment.run.effect(moment.step) : `calls ${this.programName(moment.callee)}`;
      case "return":
        return `${moment.run.effect(moment.step)}, ${changed(moment)}`;
      case "steps":
        return moment.run.effect(moment.step);
    }
    return changed(moment);
  }
}

// Whether a slot of a program is at a position, and not a step of the runtime.
function isSlot({ kind }) {
  return kind === "steps" || kind === "invoke";
}

function changed({ changes }) {
  return changes.length ? `${plural(changes.length, "account")} changed` : "no account changed";
}
