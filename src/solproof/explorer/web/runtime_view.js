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

  begin({ program, accounts, data, decoded }) {
    const { names } = this.execution.header;
    const rows = accounts.map(([key, signs, writes], number) => {
      const privileges = [decoded?.roles[number], signs && "signer", writes ? "writable" : "read-only"];
      return accountElement(key, names[key], privileges.filter(Boolean).join(", "), "dim");
    });
    const meaning = decoded && [decoded.name, ...decoded.arguments.map(([name, value]) => `${name}=${value}`)].join(" ");
    return [
      el(
        "section",
        { class: "block" },
        el("h2", {}, span("Program")),
        accountElement(program, names[program], "", "dim"),
        el("h2", {}, span("Instruction data"), span(plural(data.length / 2, "byte"), "dim")),
        meaning ? el("p", { class: "meaning", text: meaning }) : null,
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
        ? el("div", { class: "fault" }, el("b", { text: error.known ? `${error.known}: ${error.name}` : error.name }), span(where + error.message))
        : el("div", { class: "fault good" }, el("b", { text: "success" })),
      el("p", { class: "note dim", text: `It took ${count(compute_units)} CU, with all that it called.` }),
    ];
  }
}
