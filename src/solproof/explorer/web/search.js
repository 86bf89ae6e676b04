// Search for steps by their instruction, by an address that they touch, or by a value before or after them.

const SHOWN = 400;
const HINTS = {
  instruction: "Part of an instruction, such as add64, sol_log, [r10 or lbb_12",
  address: "An address that was read or written, such as 0x400000060",
  value: "A value of a register or of memory, such as 0x2a, 42 or -1",
};

class Search {
  constructor(run, { go, mark }) {
    this.run = run;
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
      if (this.found.length) this.choose(this.found.find((step) => step >= this.current) ?? this.found[0]);
    });
    this.update();
  }

  open(step) {
    this.current = step;
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
    this.input.focus();
    this.list.draw();
  }

  choose(step) {
    this.dialog.close();
    this.go(step);
  }

  update() {
    const text = this.input.value.trim();
    const query = parseNumber(text);
    const kind = this.kind.value;
    if (text === "" || (kind !== "instruction" && query === null)) {
      this.found = [];
      this.hint.textContent = text === "" ? HINTS[kind] : `Expected a number. ${HINTS[kind]}`;
    } else {
      this.found = this.steps(kind, text.toLowerCase(), query);
      const more = this.found.length > SHOWN ? `, the first ${SHOWN} are listed` : "";
      this.hint.textContent = `${plural(this.found.length, "step")}${more}. Press n or N to move through them.`;
    }
    this.mark(this.found);
    this.list.setCount(Math.min(this.found.length, SHOWN));
    this.list.element.scrollTop = 0;
    this.list.draw();
  }

  steps(kind, text, query) {
    if (kind === "instruction") return this.byInstruction(text);
    return kind === "address" ? this.byAddress(Number(query)) : this.byValue(query);
  }

  byInstruction(text) {
    const matching = new Set();
    for (const slot of this.run.slots.values()) {
      if (`${slot.text} ${slot.mnemonic ?? ""} ${slot.code === null ? "" : hex(slot.code, 2)}`.toLowerCase().includes(text)) {
        matching.add(slot.pc);
      }
    }
    const steps = [];
    this.run.pc.forEach((pc, step) => matching.has(pc) && steps.push(step));
    return steps;
  }

  byAddress(address) {
    const steps = new Set();
    for (const number of this.run.accessesOfWord(address)) {
      if (this.run.offsetIn(number, address) >= 0) steps.add(this.run.access.step[number]);
    }
    return [...steps];
  }

  byValue(value) {
    const steps = new Set();
    for (const history of this.run.histories) {
      history.values.forEach((each, place) => each === value && steps.add(history.steps[place]));
    }
    const { access } = this.run;
    for (let number = 0; number < access.step.length; number++) {
      if (access.old[number] === value || access.new[number] === value) steps.add(access.step[number]);
    }
    return [...steps].sort((one, other) => one - other);
  }

  // The next or the previous match.
  move(step, direction) {
    if (this.found.length === 0) return this.open(step);
    const place = direction > 0 ? lastAtMost(this.found, step) + 1 : lastAtMost(this.found, step - 1);
    const count = this.found.length;
    this.go(this.found[(place + count) % count]);
  }

  row(index) {
    const step = this.found[index];
    const slot = this.run.slotOf(step);
    return el(
      "button",
      { class: "row", type: "button", onclick: () => this.choose(step) },
      span(count(step), "index"),
      assembly(slot.text),
      span(this.run.effect(step), "effect"),
    );
  }
}
