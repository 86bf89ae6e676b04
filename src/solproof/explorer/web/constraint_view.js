// The circuit's constraints on the step, by kind, with the values of its rows.

const KINDS = [
  ["arithmetic", "an expression of these columns has this value"],
  ["equality", "two sums are equal, or a message equals one on the other side of its bus"],
  ["range", "a value lies between two bounds"],
  ["memory", "a register or a word has this value at this time"],
];

const FRAME_REGISTER = 11;
const NO_STEP = "The circuit has no constraints on this step of the runtime.";

class ConstraintView {
  // circuits: of the frames, or nothing if the file has no constraints
  constructor(execution, circuits) {
    this.execution = execution;
    this.circuits = circuits;
    this.open = new Set(KINDS.map(([kind]) => kind));
    this.element = el("div", { class: "panel constraints" });
  }

  show(position) {
    if (this.element.hidden) return;
    const { run, step } = this.execution.at(position);
    if (!this.circuits || step === undefined) {
      const text = this.circuits ? NO_STEP : "This file was made without constraints.";
      this.element.replaceChildren(el("p", { class: "dim note", text }));
      return;
    }
    const frame = this.execution.runs.indexOf(run), circuit = this.circuits[frame];
    const found = circuit.constraintsOf(step);
    const rows = new Map();
    for (const entry of found) rows.set(`${entry.chip} ${entry.row}`, entry.chip);
    const chips = [...rows.entries()].map(([name, chip]) =>
      el("p", { class: "claim" }, el("b", { text: name.replace(" ", ", row ") }), span(circuit.chips[chip].claim)),
    );
    const groups = KINDS.map(([kind, about]) => this.group(kind, about, found.filter((entry) => entry.kind === kind)));
    const about = `One proof holds all frames. This frame is its invocation ${frame + 1}.`;
    const note = this.execution.hasRuntime ? [el("p", { class: "dim note", text: about })] : [];
    this.element.replaceChildren(...note, ...chips, ...groups.filter(Boolean));
  }

  group(kind, about, entries) {
    if (entries.length === 0) return null;
    const details = el(
      "details",
      { class: `kind ${kind}`, open: this.open.has(kind) },
      el("summary", {}, el("b", { text: kind }), " ", span(`${entries.length}`, "number"), " ", span(about, "dim")),
      entries.map((entry) => this.entry(entry)),
    );
    // Not "toggle", which is fired later, when the step may have changed.
    details.firstChild.addEventListener("click", () => (details.open ? this.open.delete(kind) : this.open.add(kind)));
    return details;
  }

  entry(entry) {
    return el(
      "div",
      { class: "entry" },
      el("div", { class: "name" }, span(entry.name)),
      entry.formula ? el("div", { class: "formula", text: entry.formula }) : null,
      el("div", { class: "values" }, this.values(entry)),
    );
  }

  values(entry) {
    switch (entry.kind) {
      case "range": {
        const bounds = `${count(entry.minimum)} to ${count(entry.maximum)}`;
        return [pair("value", entry.value), pair("range", bounds)];
      }
      case "memory": {
        const place = entry.space === "register" ? `r${entry.address}` : hex(entry.address);
        const [named, value] = entry.limbs ? pseudo(entry) : [place, hex(BigInt(entry.value))];
        return [
          pair(entry.side === "receive" ? "found" : "left", `${named} = ${value}`),
          pair("time", entry.time),
        ];
      }
      case "equality":
        if (entry.bus) {
          const fields = Object.entries(entry.left).filter(([, value]) => value !== 0);
          return [pair(entry.side, `${entry.bus} bus`), ...fields.map(([name, value]) => pair(name, value))];
        }
        return [pair("left", entry.left), pair("right", entry.right)];
    }
    const inputs = Object.entries(entry.inputs).map(([name, value]) => pair(name, value));
    return [...inputs, pair("output", entry.output), pair("expected", entry.expected.join(" or "))];
  }
}

function pair(name, value) {
  return el("span", { class: "pair" }, span(name, "key"), " ", span(`${value}`, "value"));
}

// The name and the value of a pseudo-register: the open call, or the units that proven memory syscalls cost.
function pseudo(entry) {
  if (entry.address === FRAME_REGISTER) return ["open call", `step ${entry.limbs[0] - 1}, depth ${entry.limbs[1]}`];
  return ["units of memory syscalls", `${entry.limbs[0]}`];
}
