// The lists on the left: the timeline in order, the code in the order of its slots, and a call tree.

const ROW = 22;
const GUIDES = 8;

class TraceList {
  constructor(execution, go) {
    this.execution = execution;
    this.go = go;
    this.position = 0;
    this.list = new VirtualList(ROW, (index) => this.row(index));
    this.element = el("div", { class: "panel trace" }, this.list.element);
    this.list.setCount(execution.length);
  }

  row(position) {
    const { execution } = this;
    const moment = execution.at(position);
    const text = execution.textOf(moment);
    const classes = [
      "row",
      isSlot(moment) ? text.startsWith("syscall ") && "syscall" : "runtime",
      position === this.position && "here",
    ];
    return el(
      "div",
      { class: classes.filter(Boolean).join(" "), onclick: () => this.go(position) },
      span(`${position}`, "index"),
      el("span", { class: "indent", style: `--depth:${Math.min(execution.calls.depthOf(position), GUIDES)}` }),
      isSlot(moment) ? assembly(text) : span(text, "asm"),
      span(execution.effect(moment), "effect"),
    );
  }

  show(position) {
    this.position = position;
    this.list.reveal(position);
  }
}

class CodeList {
  constructor(run, go) {
    this.run = run;
    this.go = go;
    this.step = 0;
    this.listing = run.program.listing;
    this.places = new Map(this.listing.map((slot, place) => [slot.pc, place]));
    this.list = new VirtualList(ROW, (index) => this.row(index));
    this.element = el("div", { class: "panel code" }, this.list.element);
    this.list.setCount(this.listing.length);
  }

  row(place) {
    const slot = this.listing[place];
    const executed = this.run.executedAt(slot.pc);
    const label = this.run.program.functions[slot.pc];
    const previous = this.listing[place - 1];
    const gap = previous && slot.pc > previous.pc + 2;
    const here = this.run.steps && slot.pc === this.run.pc[this.step];
    const classes = ["row", here && "here", executed === 0 && "unused", gap && "gap"].filter(Boolean).join(" ");
    return el(
      "div",
      { class: classes, title: this.run.program.sourceLine(slot.pc), onclick: executed ? () => this.go(this.run.nextAt(slot.pc, this.step)) : null },
      span(`${slot.pc}`, "index"),
      assembly(slot.text),
      label ? span(label, "label") : null,
      span(executed ? `${count(executed)}×` : "", "effect"),
    );
  }

  show({ step, state }) {
    this.step = step ?? state;
    this.list.reveal(this.places.get(this.run.pc[Math.max(this.step, 0)]) ?? 0);
  }
}

class CallTree {
  constructor(execution, go) {
    this.execution = execution;
    this.go = go;
    this.position = 0;
    this.closed = new Set();
    this.list = new VirtualList(ROW, (index) => this.row(index));
    const head = el(
      "div",
      { class: "head" },
      span("function", "grow"),
      span("steps", "figure"),
      span("CU", "figure"),
    );
    this.element = el("div", { class: "panel calls" }, head, this.list.element);
    this.flatten();
  }

  flatten() {
    this.shown = [];
    const visit = [0];
    while (visit.length) {
      const number = visit.pop();
      this.shown.push(number);
      if (!this.closed.has(number)) visit.push(...this.execution.calls.list[number].children.toReversed());
    }
    this.list.setCount(this.shown.length);
  }

  row(index) {
    const number = this.shown[index];
    const { calls } = this.execution;
    const call = calls.list[number];
    const current = calls.stack(this.position);
    const classes = ["row", number === current.at(-1) && "here", current.includes(number) && "open"];
    const toggle = call.children.length
      ? el("button", {
          class: "fold",
          type: "button",
          "aria-label": "Show or hide the calls in it",
          text: this.closed.has(number) ? "▸" : "▾",
          onclick: (event) => {
            event.stopPropagation();
            if (!this.closed.delete(number)) this.closed.add(number);
            this.flatten();
          },
        })
      : el("span", { class: "fold" });
    return el(
      "div",
      { class: classes.filter(Boolean).join(" "), onclick: () => this.go(call.start) },
      el("span", { class: "indent", style: `--depth:${Math.min(call.depth, 2 * GUIDES)}` }),
      toggle,
      span(call.name, "grow name"),
      span(count(call.end - call.start + 1), "figure"),
      span(count(this.execution.unitsOfCall(call)), "figure"),
    );
  }

  show(position) {
    this.position = position;
    const place = this.shown.indexOf(this.execution.calls.of(position));
    if (place >= 0) this.list.reveal(place);
    else this.list.draw();
  }
}
