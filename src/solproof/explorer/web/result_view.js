// The outcome of the run, as the runtime reports it.

class ResultView {
  constructor(run) {
    const { outcome, program } = run.header;
    const facts = [
      ["success", outcome.success ? "yes" : "no"],
      ["exit code", outcome.exit_code ?? `none: ${outcome.fault.name} at pc ${outcome.fault.pc}`],
      ...(outcome.error ? [["error", `${outcome.error}: ${outcome.error_message}`]] : []),
      ["compute units", `${count(outcome.compute_units)} of ${count(run.header.compute_unit_limit)}`],
      ["steps", count(run.steps)],
      ["syscalls", count(run.syscalls.length)],
      ["calls", count(run.calls.length - 1)],
      ["accounts modified", count(outcome.accounts_modified)],
      ["sBPF version", `V${program.sbpf_version}`],
      ["program SHA-256", program.sha256],
    ];
    this.element = el(
      "div",
      { class: "panel result" },
      el("dl", { class: "facts" }, facts.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: value })])),
      el("h2", { text: "Log" }),
      el("ol", { class: "log" }, outcome.logs.map((line) => el("li", { text: line }))),
      el("h2", { text: "Accounts" }),
      outcome.accounts.length ? outcome.accounts.map(account) : el("p", { class: "dim note", text: "none" }),
    );
  }

  show() {}
}

function account({ key, lamports, owner, data_bytes, data_bytes_changed }) {
  const changes = [];
  if (lamports[0] !== lamports[1]) changes.push(`lamports ${lamports[0]} → ${lamports[1]}`);
  if (owner[0] !== owner[1]) changes.push(`owner ${owner[0]} → ${owner[1]}`);
  if (data_bytes[0] !== data_bytes[1]) changes.push(`${data_bytes[0]} → ${data_bytes[1]} bytes of data`);
  if (data_bytes_changed) changes.push(`${plural(data_bytes_changed, "byte")} of data changed`);
  return el(
    "div",
    { class: "account" },
    el("code", { text: key }),
    span(changes.join(", ") || "unchanged", changes.length ? "" : "dim"),
  );
}
