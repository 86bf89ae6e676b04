// The places on the timeline that changed each account: stores and syscalls of frames, and builtin programs.

const SHOWN_CAUSES = 6;
const CHANGING_PARTS = { lamports: ["lamports"], owner: ["owner"], data: ["data", "room_to_grow"], "data length": ["data_length"] };

// For each account, by its address, every place that changed it: [{ position, part }], in order.
function causesOfChanges(execution) {
  const found = new Map();
  const add = (key, causes) => found.set(key, [...(found.get(key) ?? []), ...causes]);
  if (!execution.hasRuntime) {
    const { accounts } = execution.instructions[0];
    for (const key of new Set(accounts.map(([key]) => key))) {
      add(key, causesInFrame(execution, 0, key, () => true));
    }
    return found;
  }
  for (const entry of execution.entries) {
    if (entry.kind === "builtin") {
      for (const { key } of entry.changes) add(key, [{ position: entry.position, part: entry.operation }]);
    } else if (entry.kind === "invoke" || entry.kind === "read back") {
      for (const [key, causes] of causesAt(entry, execution)) add(key, causes);
    }
  }
  return found;
}

// The causes of the changes that a frame hands to the runtime at an entry: its steps since the last such entry.
function causesAt(entry, execution) {
  const earlier = execution.entries.filter(({ kind, run, position }) => (
    run === entry.run && position < entry.position && (kind === "invoke" || kind === "return")
  ));
  const first = (earlier.at(-1)?.step ?? -1) + 1;
  const isSince = (step) => step >= first && step <= entry.state;
  return new Map(entry.changes.map(({ key }) => [key, causesInFrame(execution, entry.instruction, key, isSince)]));
}

function causesInFrame(execution, instruction, key, isWanted) {
  const { accounts, frame } = execution.instructions[instruction];
  const run = execution.runs[frame];
  const account = accounts.findIndex(([each]) => each === key);
  const causes = Object.entries(CHANGING_PARTS).flatMap(([part, names]) => {
    const steps = new Set(names.flatMap((name) => run.writers.get(`accounts[${account}].${name}`) ?? []));
    return [...steps].filter(isWanted).map((step) => ({ position: run.effectPositionAt(step), part }));
  });
  return causes.sort((one, other) => one.position - other.position);
}

function causesElement(causes, execution, go) {
  if (causes.length === 0) return null;
  const links = causes.slice(0, SHOWN_CAUSES).map(({ position, part }) =>
    el("span", {}, `${part}: `, el("button", {
      class: "link",
      type: "button",
      text: `step ${count(position)}`,
      title: execution.textOf(execution.at(position)),
      onclick: () => go(position),
    })),
  );
  const more = causes.length - links.length;
  return el("div", { class: "causes" }, links, more > 0 ? span(`and ${plural(more, "more place")}`) : null);
}
