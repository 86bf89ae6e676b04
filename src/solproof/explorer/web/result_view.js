// The outcome of the execution, as the runtime reports it.

class ResultView {
  constructor(execution, go) {
    const { outcome, is_transaction, names } = execution.header;
    const causes = causesOfChanges(execution);
    this.execution = execution;
    const facts = is_transaction ? transactionFacts(execution) : instructionFacts(execution);
    const accounts = outcome.accounts.map((states, number) => {
      const places = changesOf(states).length ? (causes.get(states.key) ?? []) : [];
      const links = causesElement(places, execution, go);
      return is_transaction
        ? accountStates(states, names[states.key], outcome.writable[number], links)
        : account(states, names[states.key], links);
    });
    this.lines = outcome.logs.map((text, line) =>
      el("button", { type: "button", text, title: "Go to the step that wrote this line", onclick: () => go(execution.linePositions[line]) }),
    );
    this.element = el(
      "div",
      { class: "panel result" },
      el("dl", { class: "facts" }, facts.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })])),
      el("h2", { text: "Log" }),
      el("ol", { class: "log" }, this.lines.map((line) => el("li", {}, line))),
      el("h2", { text: is_transaction ? "Accounts before and after" : "Accounts" }),
      accounts.length ? accounts : el("p", { class: "dim note", text: "none" }),
    );
  }

  // Mark the lines that were written at a position.
  show(position) {
    this.lines.forEach((line, number) => line.classList.toggle("here", this.execution.linePositions[number] === position));
  }
}

function instructionFacts(execution) {
  const { outcome } = execution.header;
  const [run] = execution.runs;
  const { fault } = run.header;
  return [
    ["success", outcome.success ? "yes" : "no"],
    ["exit code", outcome.exit_code ?? `none: ${fault.name} at pc ${fault.pc}`],
    ...(outcome.error ? [["error", `${outcome.error}: ${outcome.error_message}`]] : []),
    ["compute units", unitsText(execution)],
    ...sizes(execution),
    ["accounts modified", count(outcome.accounts_modified)],
    ["sBPF version", `V${run.program.version}`],
    ["program SHA-256", run.program.sha256],
  ];
}

function transactionFacts(execution) {
  const { outcome } = execution.header;
  const returned = outcome.return_data;
  return [
    ["success", outcome.success ? "yes" : "no"],
    ...(outcome.error ? [["error", `${outcome.error}: ${outcome.error_message}`]] : []),
    ["status", outcome.status],
    ["fee", `${count(outcome.fee)} lamports`],
    ["compute units", unitsText(execution)],
    ...sizes(execution),
    ["accounts modified", count(outcome.accounts_modified)],
    ["loaded account data", plural(outcome.loaded_accounts_data_size, "byte")],
    ...(returned ? [["return data", `${returned.data} of ${returned.program}`]] : []),
  ];
}

function unitsText({ header }) {
  const units = count(header.outcome.compute_units);
  return header.compute_unit_limit === null ? units : `${units} of ${count(header.compute_unit_limit)}`;
}

function sizes({ runs, instructions, hasRuntime }) {
  const sum = (size) => count(runs.reduce((total, run) => total + size(run), 0));
  return [
    ...(hasRuntime ? [["instructions", `${count(instructions.length)}, with those that programs called`]] : []),
    ...(hasRuntime ? [["frames of programs", count(runs.length)]] : []),
    ["steps", sum((run) => run.steps)],
    ["syscalls", sum((run) => run.syscalls.length)],
    ["calls", sum((run) => run.calls.list.length - 1)],
  ];
}
