// The instructions of the transaction and all that they called, with their outcomes and compute units.

class InstructionList {
  constructor(execution, go) {
    this.execution = execution;
    this.go = go;
    this.list = new VirtualList(ROW, (number) => this.row(number));
    const head = el("div", { class: "head" }, span("instruction", "grow"), span("outcome", "outcome"), span("CU", "figure"));
    this.element = el("div", { class: "panel calls instructions" }, head, this.list.element);
    this.list.setCount(execution.instructions.length);
  }

  row(number) {
    const { execution } = this;
    const { height, index, error, compute_units, program } = execution.instructions[number];
    const { start } = execution.spans[number];
    const open = this.open.includes(number);
    const classes = ["row", open && "open", number === this.open[0] && "here"];
    return el(
      "button",
      { class: classes.filter(Boolean).join(" "), type: "button", title: program, onclick: () => this.go(start) },
      el("span", { class: "indent", style: `--depth:${height - 1}` }),
      height === 1 ? span(`#${index}`, "index") : null,
      span(execution.instructionName(number), "grow name"),
      error ? span(error.known ?? error.name, "outcome bad") : span("success", "outcome"),
      span(count(compute_units), "figure"),
    );
  }

  // The instructions that are open at a position, the innermost first.
  get open() {
    const found = [];
    let number = this.position === undefined ? null : this.execution.at(this.position).instruction;
    for (; number !== null; number = this.execution.instructions[number].caller) found.push(number);
    return found;
  }

  show(position) {
    this.position = position;
    this.list.reveal(this.open[0]);
  }
}
