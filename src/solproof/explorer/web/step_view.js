// One step: its instruction, its effect, and every register before and after.

class StepView {
  constructor(section, run, { go, showMemory }) {
    this.section = section;
    this.run = run;
    this.go = go;
    this.showMemory = showMemory;
  }

  show(step) {
    const { run } = this;
    const slot = run.slotOf(step);
    const fault = run.faultOf(step);
    this.section.replaceChildren(
      el(
        "div",
        { class: "instruction" },
        this.stack(step),
        el("div", { class: "big" }, assembly(slot.text)),
        el(
          "div",
          { class: "about" },
          span(`pc ${slot.pc}`),
          span(slot.code === null ? "no opcode" : `${slot.mnemonic ?? "unknown opcode"} ${hex(slot.code, 2)}`),
          span(`executed ${count(slot.executed)}×`),
          span(`${count(run.unitsBefore(step))} → ${count(run.unitsBefore(step + 1))} CU`),
        ),
      ),
      ...(fault ? [this.fault(fault)] : []),
      this.registers(step),
      ...this.syscall(step),
      ...this.accesses(step),
    );
  }

  stack(step) {
    const stack = this.run.callStack(step);
    return el(
      "nav",
      { class: "stack", "aria-label": "Open calls" },
      stack.map((number) => {
        const call = this.run.calls[number];
        const title = `Starts at step ${call.start}`;
        const name = this.run.functionName(call.target);
        return el("button", { type: "button", title, text: name, onclick: () => this.go(call.start) });
      }),
    );
  }

  fault(fault) {
    const where = fault.pc === this.run.pc[this.run.lastStep] ? "" : ` before pc ${fault.pc}`;
    return el("div", { class: "fault" }, el("b", { text: `${fault.name}${where}` }), span(fault.message));
  }

  registers(step) {
    const { operands } = this.run.slotOf(step);
    const rows = this.run.initial.map((_, register) => {
      const before = this.run.registerBefore(register, step);
      const after = this.run.registerAfter(register, step);
      const changed = before !== after;
      const region = this.run.pointee(after);
      const roles = [operands.source === register && "source", operands.destination === register && "destination"];
      return el(
        "tr",
        { class: [changed && "changed", ...roles].filter(Boolean).join(" ") },
        el("th", { scope: "row", text: `r${register}`, title: roles.filter(Boolean).join(", ") || null }),
        el("td", { class: "before" }, changed || operands.destination === register ? hexWord(before) : ""),
        el("td", { class: "after" }, hexWord(after)),
        el(
          "td",
          { class: "decimal", title: decimal(after) },
          region ? this.pointer(after, region) : shortDecimal(after),
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

  pointer(value, region) {
    const address = Number(value);
    const offset = address % 2 ** 32;
    return el("button", {
      class: "pointer",
      type: "button",
      title: "Show this memory",
      text: `${region}+${hex(offset)}`,
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

  syscall(step) {
    const syscall = this.run.syscallOf(step);
    if (!syscall) return [];
    const fields = syscall.arguments.map((argument, number) => [`r${number + 1}`, BigInt(argument)]);
    const list = fields.map(([name, value]) => {
      const region = this.run.pointee(value);
      return [el("dt", { text: name }), el("dd", {}, hexWord(value), " ", region ? this.pointer(value, region) : decimal(value))];
    });
    const result = syscall.result === null ? "failed" : hex(BigInt(syscall.result));
    return [
      el(
        "section",
        { class: "block" },
        el("h2", {}, span(syscall.name, "name"), span(`${count(syscall.compute_units)} CU · result ${result}`, "dim")),
        el("dl", { class: "arguments" }, list.flat()),
      ),
    ];
  }

  accesses(step) {
    const { access } = this.run;
    const [first, end] = this.run.accessesOf(step);
    if (first === end) return [];
    const rows = [];
    for (let number = first; number < Math.min(end, first + 64); number++) {
      const changed = access.old[number] !== access.new[number];
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
          })),
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
