// A step of the runtime: what was called, and which accounts changed.

class RuntimeView {
  constructor(execution, go) {
    this.execution = execution;
    this.go = go;
  }

  // The elements below the open calls.
  elements(moment) {
    const { execution } = this;
    const instruction = execution.instructions[moment.instruction];
    switch (moment.kind) {
      case "begin":
        return this.begin(instruction);
      case "end":
        return this.end(moment, instruction);
      case "read back":
        return [changesBlock("Changed in the program's memory", moment.changes, execution, this.go, causesAt(moment, execution))];
    }
    return [changesBlock("Changed by the program", moment.changes, execution, this.go)];
  }

  // The accounts that a call carries from the caller's memory, or back.
  synchronization(moment) {
    if (moment.kind === "steps" || moment.callee === null) return [];
    const isCall = moment.kind === "invoke";
    const title = isCall ? "Changed before the call" : `Changed by ${this.execution.programName(moment.callee)}`;
    const about = isCall ? "Shared with the callee" : "Refreshed in this program's memory";
    return [
      changesBlock(title, moment.changes, this.execution, this.go, isCall ? causesAt(moment, this.execution) : undefined),
      el("p", { class: "dim note", text: `${about}: ${plural(moment.accounts.length, "account")}` }),
    ];
  }

  begin({ program, accounts, data }) {
    const { names } = this.execution.header;
    const rows = accounts.map(([key, signs, writes]) =>
      accountElement(key, names[key], [signs && "signer", writes ? "writable" : "read-only"].filter(Boolean).join(", "), "dim"),
    );
    return [
      el(
        "section",
        { class: "block" },
        el("h2", {}, span("Program")),
        accountElement(program, names[program], "", "dim"),
        el("h2", {}, span("Instruction data"), span(plural(data.length / 2, "byte"), "dim")),
        el("p", { class: "data", text: data }),
      ),
      el("section", { class: "block" }, el("h2", {}, span("Accounts"), span(`${accounts.length}`, "dim")), rows),
    ];
  }

  end(moment, { error, compute_units, frame }) {
    const fault = frame === null ? null : moment.run.header.fault;
    const where = fault ? `${fault.name} at pc ${fault.pc}. ` : "";
    return [
      error
        ? el("div", { class: "fault" }, el("b", { text: error.name }), span(where + error.message))
        : el("div", { class: "fault good" }, el("b", { text: "success" })),
      el("p", { class: "note dim", text: `It took ${count(compute_units)} CU, with all that it called.` }),
    ];
  }
}
