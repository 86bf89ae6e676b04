// Search for steps by their instruction, by an address that they touch, or by a value before or after them.

const SHOWN = 400;
const HINTS = {
  instruction: "Part of an instruction, such as add64, sol_log, [r10 or lbb_12",
  address: "An address that was read or written, such as 0x400000060, or a part of the input, such as accounts[0].lamports",
  value: "A value of a register or of memory, such as 0x2a, 42 or -1",
};

class Search {
  constructor(execution, { go, mark }) {
    this.execution = execution;
    this.go = go;
    this.mark = mark;
    this.found = [];
    this.dialog = document.getElementById("search");
    this.kind = this.dialog.querySelector("select");
    this.input = this.dialog.querySelector("input");
    this.hint = this.dialog.querySelector(".hint");
    this.list = new VirtualList(26, (index) => this.row(index));
    this.dialog.querySelector(".results").append(this.list.element);
    this.input.addEventListener("input", () => this.update());
    this.kind.addEventListener("change", () => this.update());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // the default would only empty the field
      this.dialog.close();
    });
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.found.length) this.choose(this.found.find((position) => position >= this.current) ?? this.found[0]);
    });
    this.update();
  }

  open(position) {
    this.current = position;
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
    this.input.focus();
    this.list.draw();
  }

  choose(position) {
    this.dialog.close();
    this.go(position);
  }

  update() {
    const text = this.input.value.trim();
    const query = parseNumber(text);
    const kind = this.kind.value;
    const isPart = kind === "address" && this.execution.runs.some((run) => run.labelNamed(text));
    if (text === "" || (kind !== "instruction" && query === null && !isPart)) {
      this.found = [];
      this.hint.textContent = text === "" ? HINTS[kind] : `Expected a number. ${HINTS[kind]}`;
    } else {
      this.found = this.positions(kind, text.toLowerCase(), query);
      const more = this.found.length > SHOWN ? `, the first ${SHOWN} are listed` : "";
      this.hint.textContent = `${plural(this.found.length, "step")}${more}. Press n or N to move through them.`;
    }
    this.mark(this.found);
    this.list.setCount(Math.min(this.found.length, SHOWN));
    this.list.element.scrollTop = 0;
    this.list.draw();
  }

  positions(kind, text, query) {
    if (kind === "instruction") return this.byInstruction(text);
    const found = new Set();
    for (const run of this.execution.runs) {
      const byAddress = () => (query === null ? this.byPart(run, text) : this.byAddress(run, Number(query)));
      const steps = kind === "address" ? byAddress() : this.byValue(run, query);
      for (const step of steps) found.add(run.effectPositionAt(step));
    }
    return [...found].sort((one, other) => one - other);
  }

  byInstruction(text) {
    const positions = [];
    for (const run of this.execution.runs) {
      const matching = new Set();
      for (const slot of run.program.slots.values()) {
        if (`${slot.text} ${slot.mnemonic ?? ""} ${slot.code === null ? "" : hex(slot.code, 2)}`.toLowerCase().includes(text)) {
          matching.add(slot.pc);
        }
      }
      run.pc.forEach((pc, step) => matching.has(pc) && positions.push(run.positionAt(step)));
    }
    for (const entry of this.execution.entries) {
      if (!isSlot(entry) && this.execution.textOf(entry).toLowerCase().includes(text)) positions.push(entry.position);
    }
    return positions.sort((one, other) => one - other);
  }

  byPart(run, name) {
    const part = run.labelNamed(name);
    if (!part) return [];
    const { address, size, step } = run.access;
    const touches = (_, number) => address[number] < part.end && address[number] + size[number] > part.start;
    return Array.from(step).filter(touches);
  }

  byAddress(run, address) {
    const numbers = run.accessesOfWord(address).filter((number) => run.offsetIn(number, address) >= 0);
    return numbers.map((number) => run.access.step[number]);
  }

  byValue(run, value) {
    const steps = [];
    for (const history of run.histories) {
      history.values.forEach((each, place) => each === value && steps.push(history.steps[place]));
    }
    const { access } = run;
    for (let number = 0; number < access.step.length; number++) {
      if (access.old[number] === value || access.new[number] === value) steps.push(access.step[number]);
    }
    return steps;
  }

  // The next or the previous match.
  move(position, direction) {
    if (this.found.length === 0) return this.open(position);
    const place = direction > 0 ? lastAtMost(this.found, position) + 1 : lastAtMost(this.found, position - 1);
    const count = this.found.length;
    this.go(this.found[(place + count) % count]);
  }

  row(index) {
    const position = this.found[index];
    const moment = this.execution.at(position);
    const text = this.execution.textOf(moment);
    return el(
      "button",
      { class: "row", type: "button", onclick: () => this.choose(position) },
      span(count(position), "index"),
      isSlot(moment) ? assembly(text) : span(text, "asm"),
      span(this.execution.effect(moment), "effect"),
    );
  }
}
