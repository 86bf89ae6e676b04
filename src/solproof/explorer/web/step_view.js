// One position: the step of a frame with its instruction, its effect, and every register before and after, or a
// step of the runtime.

class StepView {
  constructor(section, execution, { go, showMemory }) {
    this.section = section;
    this.execution = execution;
    this.runtime = new RuntimeView(execution, go);
    this.goTo = go;
    this.showMemory = showMemory;
  }

  show(position) {
    const moment = this.execution.at(position);
    this.run = moment.run;
    const isStep = isSlot(moment) || moment.kind === "return";
    const body = isStep ? this.step(moment) : this.runtime.elements(moment);
    this.section.replaceChildren(
      el("div", { class: "instruction" }, this.stack(position), ...this.title(position, moment)),
      ...body,
      ...this.logged(position),
    );
  }

  // The lines of the log that were written here.
  logged(position) {
    const lines = this.execution.linesAt(position);
    if (lines.length === 0) return [];
    const { logs } = this.execution.header.outcome;
    return [
      el(
        "section",
        { class: "block" },
        el("h2", {}, span("Log")),
        el("ol", { class: "log" }, lines.map((line) => el("li", { text: logs[line] }))),
      ),
    ];
  }

  // Go to the effect of a step of this frame.
  go(step) {
    this.goTo(this.run.effectPositionAt(step));
  }

  title(position, moment) {
    const { execution, run } = this;
    const units = span(`${count(execution.unitsAfter(position - 1))} → ${count(execution.unitsAfter(position))} CU`);
    if (!isSlot(moment)) {
      const { index, height } = execution.instructions[moment.instruction];
      return [
        el("div", { class: "big runtime", text: execution.textOf(moment) }),
        el("div", { class: "about" }, span(`instruction ${index}`), span(`height ${height}`), units),
      ];
    }
    const slot = run.slotOf(moment.step);
    return [
      el("div", { class: "big" }, assembly(slot.text)),
      el(
        "div",
        { class: "about" },
        span(`pc ${slot.pc}`),
        ...[run.program.sourceLine(slot.pc)].filter(Boolean).map((line) => span(line, "source")),
        span(slot.code === null ? "no opcode" : `${slot.mnemonic ?? "unknown opcode"} ${hex(slot.code, 2)}`),
        span(`executed ${count(run.executedAt(slot.pc))}×`),
        units,
      ),
    ];
  }

  // A step that calls a program has no effect before that program has returned.
  step(moment) {
    const { step, state } = moment;
    const fault = state === step ? this.run.faultOf(step) : null;
    const synchronization = this.runtime.synchronization(moment);
    return [
      ...(fault ? [this.fault(fault)] : []),
      ...(moment.kind === "invoke" ? synchronization : []),
      this.registers(step, state === step),
      ...this.syscall(step, state === step),
      ...(moment.kind === "return" ? synchronization : []),
      ...(state === step ? this.accesses(step, moment.kind === "return") : []),
    ];
  }

  stack(position) {
    const { calls } = this.execution;
    return el(
      "nav",
      { class: "stack", "aria-label": "Open calls" },
      calls.stack(position).map((number) => {
        const { start, name } = calls.list[number];
        return el("button", { type: "button", title: `Starts at step ${start}`, text: name, onclick: () => this.goTo(start) });
      }),
    );
  }

  fault(fault) {
    const where = fault.pc === this.run.pc[this.run.lastStep] ? "" : ` before pc ${fault.pc}`;
    return el("div", { class: "fault" }, el("b", { text: `${fault.name}${where}` }), span(fault.message));
  }

  registers(step, isDone) {
    const { operands } = this.run.slotOf(step);
    const rows = this.run.initial.map((_, register) => {
      const before = this.run.registerBefore(register, step);
      const after = isDone ? this.run.registerAfter(register, step) : before;
      const changed = before !== after;
      const isWritten = operands.writes === register;
      const roles = [operands.reads?.includes(register) && "source", isWritten && "destination"];
      return el(
        "tr",
        { class: [changed && "changed", ...roles].filter(Boolean).join(" ") },
        el("th", { scope: "row", text: `r${register}`, title: roles.filter(Boolean).join(", ") || null }),
        el("td", { class: "before" }, changed || isWritten ? hexWord(before) : ""),
        el("td", { class: "after" }, hexWord(after)),
        el(
          "td",
          { class: "decimal", title: decimal(after) },
          this.run.isAddress(after) ? this.pointer(after) : shortDecimal(after),
          changed ? el("small", { class: "was", text: `was ${hex(before)}` }) : null,
        ),
        el("td", { class: "jump" }, this.jump(register, step, "‹", -1), this.jump(register, step, "›", 1)),
      );
    });
    return el(
      "table",
      { class: "registers" },
      el("colgroup", {}, ...["name", "value", "value", "decimal", "jumps"].map((name) => el("col", { class: name }))),
      el(
        "thead",
        {},
        el("tr", {}, ...["", "before", "value after the step", "", ""].map((text) => el("th", { text }))),
      ),
      el("tbody", {}, rows),
    );
  }

  pointer(value) {
    const address = Number(value);
    return el("button", {
      class: "pointer",
      type: "button",
      title: `Show this memory: ${this.run.placeName(address)}`,
      text: this.run.placeName(address),
      onclick: () => this.showMemory(address),
    });
  }

  jump(register, step, text, direction) {
    const { run } = this;
    const target = direction < 0 ? run.lastChange(register, step) : run.nextChange(register, step);
    return el("button", {
      type: "button",
      text,
      disabled: target < 0,
      title: direction < 0 ? `The last step before this one that changed r${register}` : `The next step that changes r${register}`,
      onclick: () => this.go(target),
    });
  }

  syscall(step, isDone) {
    const syscall = this.run.syscallOf(step);
    if (!syscall) return [];
    const fields = syscall.arguments.map((argument, number) => [`r${number + 1}`, BigInt(argument)]);
    const list = fields.map(([name, value]) => {
      const meaning = this.run.isAddress(value) ? this.pointer(value) : decimal(value);
      return [el("dt", { text: name }), el("dd", {}, hexWord(value), " ", meaning)];
    });
    const result = syscall.result === null ? "failed" : hex(BigInt(syscall.result));
    const outcome = isDone ? `${count(syscall.compute_units)} CU · result ${result}` : "has not returned yet";
    return [
      el(
        "section",
        { class: "block" },
        el("h2", {}, span(syscall.name, "name"), span(outcome, "dim")),
        el("dl", { class: "arguments" }, list.flat()),
      ),
    ];
  }

  // The part of the input that an address is in.
  part(address) {
    return this.run.labelOf(address) ? el("small", { class: "part", text: this.run.placeName(address) }) : null;
  }

  // A call of another program touches many words, so those that it changed come first.
  accesses(step, isReturn) {
    const { access } = this.run;
    const [first, end] = this.run.accessesOf(step);
    if (first === end) return [];
    const rows = [];
    const isChanged = (number) => access.old[number] !== access.new[number];
    const numbers = Array.from({ length: end - first }, (_, place) => first + place);
    if (isReturn) numbers.sort((one, other) => isChanged(other) - isChanged(one));
    for (const number of numbers.slice(0, 64)) {
      const changed = isChanged(number);
      const kind = ["read", "write", changed ? "write" : "touched"][access.kind[number]];
      const digits = 2 * access.size[number];
      rows.push(
        el(
          "tr",
          { class: kind },
          el("td", { text: kind }),
          el("td", {}, el("button", {
            class: "link",
            type: "button",
            text: hex(access.address[number]),
            onclick: () => this.showMemory(access.address[number]),
          }), this.part(access.address[number])),
          el("td", { text: `${access.size[number]} B` }),
          el("td", { class: "hex", text: bareHex(access.old[number], digits) }),
          el("td", { class: "hex after", text: kind === "write" ? bareHex(access.new[number], digits) : "" }),
        ),
      );
    }
    const more = end - first - rows.length;
    return [
      el(
        "section",
        { class: "block" },
        el("h2", {}, span("Memory"), span(more > 0 ? `the first ${rows.length} of ${count(end - first)} words` : "", "dim")),
        el(
          "table",
          { class: "accesses" },
          el("thead", {}, el("tr", {}, ...["", "address", "", "old", "new"].map((text) => el("th", { text })))),
          el("tbody", {}, rows),
        ),
      ),
    ];
  }
}
