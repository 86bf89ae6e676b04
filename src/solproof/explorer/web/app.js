// The page: combines the views and moves along the timeline. A step is a position on it.

const KEYS = [
  ["→ or l", "next step"],
  ["← or h", "previous step"],
  ["Shift →", "next step, over calls"],
  ["Shift ←", "previous step, over calls"],
  ["u", "out of this call"],
  ["c, C", "next or previous call or syscall"],
  ["Page ↓, Page ↑", "100 steps forward or back"],
  ["Home, End", "first step, last step"],
  ["g", "go to a step"],
  ["p", "go to the next step at a pc"],
  ["/", "search for an instruction, an address or a value"],
  ["n, N", "next or previous match"],
  ["1 2 3", "show trace, code or calls"],
  ["4 5 6", "show memory, constraints or result"],
  ["t", "switch between dark and light"],
  ["?", "this help"],
];

class App {
  constructor(execution, circuits) {
    this.execution = execution;
    this.step = -1;
    const go = (step) => this.go(step);
    const showMemory = (address) => this.showMemory(address);
    this.trace = new TraceList(execution, go);
    this.codes = new FrameViews(execution, go, (run, goToStep) => new CodeList(run, goToStep));
    this.calls = new CallTree(execution, go);
    this.memories = new FrameViews(execution, go, (run, goToStep) => new MemoryView(run, goToStep));
    this.constraints = new ConstraintView(execution, circuits);
    this.result = new ResultView(execution, go);
    this.stepView = new StepView(document.getElementById("step"), execution, { go, showMemory });
    this.timeline = new Timeline(document.getElementById("timeline"), execution, go);
    this.search = new Search(execution, { go, mark: (positions) => this.timeline.showMarks(positions) });
    const left = [["trace", "Trace", this.trace], ["code", "Code", this.codes], ["calls", "Calls", this.calls]];
    if (execution.hasRuntime) left.push(["instructions", "Instructions", new InstructionList(execution, go)]);
    const right = [
      ["memory", "Memory", this.memories],
      ["constraints", "Constraints", this.constraints],
      ["result", "Result", this.result],
    ];
    const redraw = () => this.step >= 0 && this.draw();
    this.left = new Tabs(document.getElementById("left"), left, redraw);
    this.right = new Tabs(document.getElementById("right"), right, redraw);
    this.head();
    this.phoneViews([...left.map((view) => ["left", ...view]), ...right.map((view) => ["right", ...view])]);
    this.controls();
    this.keys();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => this.setTheme(event.matches));
    window.addEventListener("hashchange", () => this.goToHash());
    document.getElementById("loading").remove();
    if (execution.length === 0) {
      document.body.dataset.empty = "";
      this.right.select("result");
      return;
    }
    this.goToHash();
    if (this.step < 0) this.go(0);
  }

  // The view of the memory of the current frame.
  get memory() {
    return this.memories.view;
  }

  head() {
    const { outcome, is_transaction } = this.execution.header;
    const [run] = this.execution.runs;
    const badge = document.getElementById("badge");
    const fault = is_transaction ? null : run.header.fault;
    badge.textContent = outcome.success ? "success" : (fault?.name ?? outcome.error);
    badge.classList.add(outcome.success ? "good" : "bad");
    const facts = [
      [count(this.execution.length), "steps"],
      [count(outcome.compute_units), "CU"],
      is_transaction ? [`${count(outcome.fee)} lamports`, "fee"] : [`V${run.program.version}`, "sBPF"],
    ];
    document
      .getElementById("facts")
      .append(...facts.map(([value, name]) => el("div", {}, el("dd", { text: value }), el("dt", { text: name }))));
  }

  // MOVING

  go(step) {
    const target = Math.max(0, Math.min(Math.trunc(step), this.execution.last));
    if (!Number.isFinite(target) || target === this.step || this.execution.length === 0) return;
    this.step = target;
    history.replaceState(null, "", `#${target}`);
    this.draw();
  }

  draw() {
    const { step, execution } = this;
    for (const tabs of [this.left, this.right]) tabs.view.show(step);
    this.stepView.show(step);
    this.timeline.show(step);
    const input = document.getElementById("step-input");
    if (document.activeElement !== input) input.value = step;
    const pc = document.getElementById("pc-input");
    if (document.activeElement !== pc) pc.value = this.pcOf(step);
    const consumed = execution.unitsAfter(step);
    const total = Math.max(execution.header.outcome.compute_units, 1);
    const limit = execution.header.compute_unit_limit;
    document.querySelector("#meter .bar div").style.width = `${Math.min((consumed / total) * 100, 100)}%`;
    document.querySelector("#meter output").textContent =
      `${count(consumed)} of ${count(execution.header.outcome.compute_units)} CU, limit ${count(limit)}`;
    for (const name of ["first", "back", "back-over"]) this.button(name).disabled = step === 0;
    for (const name of ["last", "forward", "over", "out"]) this.button(name).disabled = step === execution.last;
  }

  // The pc of the step at a position, or nothing for a step of the runtime.
  pcOf(position) {
    const moment = this.execution.at(position);
    return isSlot(moment) ? moment.run.pc[moment.step] : "";
  }

  button(name) {
    return document.querySelector(`#controls [data-go="${name}"]`);
  }

  goToHash() {
    const step = Number.parseInt(location.hash.slice(1), 10);
    if (Number.isFinite(step)) this.go(step);
  }

  goToPc(text) {
    const pc = Number(parseNumber(text) ?? -1n);
    const { run, step, state } = this.execution.at(this.step);
    if (!run?.executedAt(pc)) return false;
    this.go(run.positionAt(run.nextAt(pc, step ?? state)));
    return true;
  }

  // The next call, syscall or step of the runtime.
  nextCall(direction) {
    const { last } = this.execution;
    const isCall = (position) => {
      const { kind, run, step } = this.execution.at(position);
      return kind !== "steps" || run.slotOf(step).mnemonic?.startsWith("CALL");
    };
    let position = this.step + direction;
    while (position > 0 && position < last && !isCall(position)) position += direction;
    if (isCall(Math.max(0, Math.min(position, last)))) this.go(position);
  }

  move(name) {
    const { step, execution: { calls, last } } = this;
    const targets = {
      first: () => 0,
      last: () => last,
      back: () => step - 1,
      forward: () => step + 1,
      over: () => calls.over(step),
      "back-over": () => calls.backOver(step),
      out: () => calls.out(step),
    };
    this.go(targets[name]());
  }

  // CONTROLS

  controls() {
    document.getElementById("controls").addEventListener("click", (event) => {
      const name = event.target.closest("[data-go]")?.dataset.go;
      if (name) this.move(name);
    });
    this.field("step-input", (text) => {
      const value = parseNumber(text);
      if (value === null || value > BigInt(this.execution.last)) return false;
      this.go(Number(value));
      return true;
    });
    this.field("pc-input", (text) => this.goToPc(text));
    document.getElementById("open-search").addEventListener("click", () => this.search.open(this.step));
    document.getElementById("open-help").addEventListener("click", () => this.help());
    document.getElementById("toggle-theme").addEventListener("click", () => this.toggleTheme());
  }

  field(id, enter) {
    const input = document.getElementById(id);
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
    input.addEventListener("blur", () => {
      input.removeAttribute("aria-invalid");
      this.draw();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") input.blur();
      if (event.key !== "Enter") return;
      if (enter(input.value)) input.blur();
      else input.setAttribute("aria-invalid", "true");
    });
  }

  // On a phone only one view is shown at a time.
  phoneViews(others) {
    const views = [["step", null, "Step"], ...others];
    const nav = document.getElementById("views");
    const select = (button, view, tab) => {
      document.body.dataset.view = view;
      for (const each of nav.children) each.setAttribute("aria-selected", each === button);
      if (tab) this[view].select(tab);
    };
    for (const [view, tab, title] of views) {
      const button = el("button", { type: "button", text: title, onclick: () => select(button, view, tab) });
      button.setAttribute("aria-selected", view === "step");
      nav.append(button);
    }
  }

  showMemory(address) {
    this.right.select("memory");
    if (getComputedStyle(document.getElementById("views")).display !== "none") {
      [...document.getElementById("views").children].find((button) => button.textContent === "Memory").click();
    }
    this.memory.open(address);
  }

  // KEYS

  keys() {
    const actions = {
      ArrowRight: () => this.move("forward"),
      l: () => this.move("forward"),
      ArrowLeft: () => this.move("back"),
      h: () => this.move("back"),
      "Shift ArrowRight": () => this.move("over"),
      "Shift ArrowLeft": () => this.move("back-over"),
      u: () => this.move("out"),
      c: () => this.nextCall(1),
      C: () => this.nextCall(-1),
      PageDown: () => this.go(this.step + 100),
      PageUp: () => this.go(this.step - 100),
      Home: () => this.move("first"),
      End: () => this.move("last"),
      g: () => document.getElementById("step-input").focus(),
      p: () => document.getElementById("pc-input").focus(),
      "/": () => this.search.open(this.step),
      n: () => this.search.move(this.step, 1),
      N: () => this.search.move(this.step, -1),
      t: () => this.toggleTheme(),
      "?": () => this.help(),
    };
    if (this.execution.hasRuntime) actions.i = () => this.left.select("instructions");
    ["trace", "code", "calls"].forEach((name, number) => (actions[number + 1] = () => this.left.select(name)));
    ["memory", "constraints", "result"].forEach((name, number) => (actions[number + 4] = () => this.right.select(name)));
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]") || event.target.closest?.("input:not([type]), select")) return;
      const shifted = event.shiftKey && event.key.length > 1 ? `Shift ${event.key}` : event.key;
      const action = actions[shifted];
      if (!action || (this.execution.length === 0 && !"t?".includes(event.key))) return;
      event.preventDefault();
      action();
    });
  }

  help() {
    const dialog = document.getElementById("help");
    const keys = this.execution.hasRuntime ? [...KEYS, ["i", "show the instructions of the transaction"]] : KEYS;
    const rows = keys.flatMap(([keys, meaning]) => [
      el("dt", {}, keys.split(/(, | or | )/).map((part) => (/^(, | or | )$/.test(part) ? part : el("kbd", { text: part })))),
      el("dd", { text: meaning }),
    ]);
    dialog.replaceChildren(
      el("h2", {}, span("Keyboard shortcuts"), el("button", { class: "icon", type: "button", text: "×", "aria-label": "Close", onclick: () => dialog.close() })),
      el("dl", {}, rows),
      el("p", { class: "dim" }, "Registers and memory are shown after the step. Click a register's value to see the memory that it points to. Click a byte to see which steps accessed it. Click a band in the timeline to go there, or a mark below it to go to a line of the log. Click a line of the log in the result, or a place beside a changed account, to go to the step that made it."),
    );
    dialog.onclick = (event) => event.target === dialog && dialog.close();
    dialog.showModal();
  }

  // THEME

  setTheme(dark) {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    this.timeline.draw();
  }

  toggleTheme() {
    this.setTheme(document.documentElement.dataset.theme !== "dark");
  }
}

const { header, columns } = await decodeData(document.getElementById("data").textContent);
document.getElementById("data").remove();
const execution = new Execution(header, columns);
const circuits = header.circuit ? execution.runs.map((_, frame) => new Circuit(header.circuit, frame, columns)) : null;
// For tests, and for anyone who explores the page in the browser's console.
window.solproof = { execution, circuits, app: new App(execution, circuits) };
