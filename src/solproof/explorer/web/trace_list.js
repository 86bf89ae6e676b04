// The lists on the left: the steps in the order of the run, the code in the order of its slots, and a call tree.

const ROW = 22;
const GUIDES = 8;

class TraceList {
  constructor(run, go) {
    this.run = run;
    this.go = go;
    this.step = 0;
    this.list = new VirtualList(ROW, (index) => this.row(index));
    this.element = el("div", { class: "panel trace" }, this.list.element);
    this.list.setCount(run.steps);
  }

  row(step) {
    const slot = this.run.slotOf(step);
    const depth = this.run.depthOf(step);
    const name = slot.text.startsWith("syscall ") ? "row syscall" : "row";
    const row = el(
      "div",
      { class: step === this.step ? `${name} here` : name, onclick: () => this.go(step) },
      span(`${step}`, "index"),
      el("span", { class: "indent", style: `--depth:${Math.min(depth, GUIDES)}` }),
      assembly(slot.text),
      span(this.run.effect(step), "effect"),
    );
    return row;
  }

  show(step) {
    this.step = step;
    this.list.reveal(step);
  }
}

class CodeList {
  constructor(run, go) {
    this.run = run;
    this.go = go;
    this.step = 0;
    this.places = new Map(run.listing.map((slot, place) => [slot.pc, place]));
    this.list = new VirtualList(ROW, (index) => this.row(index));
    this.element = el("div", { class: "panel code" }, this.list.element);
    this.list.setCount(run.listing.length);
  }

  row(place) {
    const slot = this.run.listing[place];
    const label = this.run.header.functions[slot.pc];
    const previous = this.run.listing[place - 1];
    const gap = previous && slot.pc > previous.pc + 2;
    const here = this.run.steps && slot.pc === this.run.pc[this.step];
    const classes = ["row", here && "here", slot.executed === 0 && "unused", gap && "gap"].filter(Boolean).join(" ");
    return el(
      "div",
      { class: classes, onclick: slot.executed ? () => this.go(this.nextAt(slot.pc)) : null },
      span(`${slot.pc}`, "index"),
      assembly(slot.text),
      label ? span(label, "label") : null,
      span(slot.executed ? `${count(slot.executed)}×` : "", "effect"),
    );
  }

  // The next step at a pc, or else the first one.
  nextAt(pc) {
    const next = this.run.pc.indexOf(pc, this.step + 1);
    return next >= 0 ? next : this.run.pc.indexOf(pc);
  }

  show(step) {
    this.step = step;
    this.list.reveal(this.places.get(this.run.pc[step]) ?? 0);
  }
}

class CallTree {
  constructor(run, go) {
    this.run = run;
    this.go = go;
    this.step = 0;
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
      if (!this.closed.has(number)) visit.push(...this.run.calls[number].children.toReversed());
    }
    this.list.setCount(this.shown.length);
  }

  row(index) {
    const number = this.shown[index];
    const call = this.run.calls[number];
    const current = this.run.callStack(this.step);
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
      span(this.run.functionName(call.target), "grow name"),
      span(count(call.end - call.start + 1), "figure"),
      span(count(this.run.unitsOfCall(call)), "figure"),
    );
  }

  show(step) {
    this.step = step;
    const place = this.shown.indexOf(this.run.callOf(step));
    if (place >= 0) this.list.reveal(place);
    else this.list.draw();
  }
}
