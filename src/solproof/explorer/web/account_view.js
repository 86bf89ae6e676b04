// Accounts before and after something.

// The fields of an account that are different, with the names that its program gives them.
function changedFields({ decoded }) {
  return (decoded?.fields ?? [])
    .filter(([, before, after]) => before !== after)
    .map(([name, before, after]) => (before === null ? `${name} ${after}` : `${name} ${before} → ${after ?? "none"}`));
}

function changesOf({ lamports, owner, data_bytes, data_bytes_changed, decoded }) {
  const changes = [];
  if (lamports[0] !== lamports[1]) changes.push(`lamports ${lamports[0]} → ${lamports[1]}`);
  if (owner[0] !== owner[1]) changes.push(`owner ${owner[0]} → ${owner[1]}`);
  if (data_bytes[0] !== data_bytes[1]) changes.push(`${data_bytes[0]} → ${data_bytes[1]} bytes of data`);
  if (data_bytes_changed) changes.push(`${plural(data_bytes_changed, "byte")} of data changed`);
  changes.push(...changedFields({ decoded }));
  return changes;
}

// One account, with the name that it has, if any, and notes about it.
function accountElement(key, name, text, kind, ...details) {
  return el(
    "div",
    { class: "account" },
    el("div", {}, el("code", { text: key }), name ? span(` ${name}`, "dim") : null),
    span(text, kind),
    ...details,
  );
}

function account(states, name, causes) {
  const changes = changesOf(states);
  return accountElement(states.key, name, changes.join(", ") || "unchanged", changes.length ? "" : "dim", causes);
}

// The account as it is before and after a transaction, also where nothing changed.
function accountStates(states, name, isWritable, causes) {
  const both = ([before, after]) => (before === after ? `${after}` : `${before} → ${after}`);
  const exists = ["0", "0"].some((zero, place) => states.lamports[place] !== zero);
  const text = `lamports ${both(states.lamports)}, owner ${both(states.owner)}, ${both(states.data_bytes)} bytes of data`;
  const fields = changedFields(states).map((text) => `, ${text}`);
  const changed = (states.data_bytes_changed ? `, ${plural(states.data_bytes_changed, "byte")} of data changed` : "") + fields.join("");
  const access = span(isWritable ? "writable" : "read-only", "dim");
  const kind = changesOf(states).length ? "" : "dim";
  return accountElement(states.key, name, exists ? text + changed : "does not exist", kind, causes, access);
}

// A change with the bytes of data that differ.
function accountChange(change, name, causes) {
  const rows = change.data.map(([offset, before, after]) =>
    el(
      "tr",
      { class: "write" },
      el("td", { text: `data+${hex(offset)}` }),
      el("td", { class: "hex", text: before || "none" }),
      el("td", { class: "hex after", text: after || "none" }),
    ),
  );
  if (change.more_data) rows.push(el("tr", {}, el("td", { colspan: "3", class: "dim", text: "more ranges changed" })));
  const table = el("table", { class: "accesses changes" }, el("tbody", {}, rows));
  return accountElement(change.key, name, changesOf(change).join(", "), "", causes, rows.length ? table : null);
}

// causes: the places that changed each account, by its address, or nothing.
function changesBlock(title, changes, execution, go, causes = new Map()) {
  return el(
    "section",
    { class: "block" },
    el("h2", {}, span(title), span(changes.length ? plural(changes.length, "account") : "none", "dim")),
    changes.map((change) => {
      const places = causes.get(change.key) ?? [];
      return accountChange(change, execution.header.names[change.key], causesElement(places, execution, go));
    }),
  );
}
