// Memory after the step. Bytes that the run wrote are marked, and so are bytes that this step touched.

const MEMORY_ROW = 20;

class MemoryView {
  constructor(run, go) {
    this.run = run;
    this.go = go;
    this.step = 0;
    this.selected = null;
    this.follows = true;
    this.followed = null;
    this.wide = true;
    this.regionButtons = run.regions.map((region) =>
      el("button", { type: "button", text: region.name, onclick: () => this.open(this.interesting(region)) }),
    );
    this.address = el("input", {
      "aria-label": "Address or part of the input",
      placeholder: "address or name",
      list: "parts",
      autocomplete: "off",
      spellcheck: "false",
      onkeydown: (event) => {
        if (event.key !== "Enter") return;
        const value = parseNumber(this.address.value);
        const address = value === null ? run.labelNamed(this.address.value.trim())?.start : Number(value);
        if (address !== undefined) this.open(address);
      },
    });
    this.follow = el("input", { type: "checkbox", onchange: () => this.setFollow(this.follow.checked) });
    this.list = new VirtualList(MEMORY_ROW, (index) => this.row(index));
    this.list.element.addEventListener("click", (event) => {
      const address = Number(event.target.dataset?.address);
      if (address) this.select(address);
    });
    this.history = el("div", { class: "history" });
    this.element = el(
      "div",
      { class: "panel memory" },
      el(
        "div",
        { class: "bar" },
        el("div", { class: "choice" }, this.regionButtons),
        this.address,
        el("datalist", { id: "parts" }, run.labels.map(({ name }) => el("option", { value: name }))),
        el("label", { title: "Show what each step touches" }, this.follow, "follow"),
      ),
      this.list.element,
      this.history,
    );
    this.follow.checked = true;
    new ResizeObserver(() => this.fit()).observe(this.list.element);
    this.setRegion(run.regions.at(-1));
  }

  // Show as many columns as fit, and keep the same address on top, or the chosen byte in view. A hidden list has no width.
  fit() {
    const { clientWidth, scrollTop } = this.list.element;
    const wide = clientWidth >= 440;
    if (clientWidth === 0 || wide === this.wide) return;
    const top = scrollTop * this.columns;
    this.wide = wide;
    this.setRegion(this.region);
    this.list.element.scrollTop = top / this.columns;
    if (this.run.regionOf(this.selected) === this.region) this.reveal(this.selected);
  }

  get columns() {
    return this.wide ? 16 : 8;
  }

  setFollow(follows) {
    this.follows = follows;
    this.followed = null;
    if (follows) this.showAfter(this.step);
  }

  // The place of a region to show first: its last access so far, or its start. For the stack, the frame's end.
  interesting(region) {
    const { access } = this.run;
    for (let number = lastAtMost(access.step, this.step); number >= 0; number--) {
      const address = access.address[number];
      if (address >= region.start && address < region.end) return address;
    }
    return region.start;
  }

  setRegion(region) {
    this.region = region;
    this.regionButtons.forEach((button, number) => {
      button.setAttribute("aria-pressed", this.run.regions[number] === region);
    });
    this.list.setCount(Math.ceil(region.size / this.columns));
  }

  open(address) {
    const region = this.run.regionOf(address);
    if (!region) return;
    if (region !== this.region) this.setRegion(region);
    this.select(address);
    this.reveal(address);
  }

  reveal(address) {
    this.list.reveal(Math.floor(this.region.offset(address) / this.columns));
  }

  select(address) {
    this.selected = address;
    this.address.value = hex(address);
    this.list.draw();
    this.showHistory();
  }

  show({ state }) {
    this.showAfter(state);
  }

  // The memory after a step of the frame. Before its first step, this is -1.
  showAfter(step) {
    this.step = step;
    const [first, end] = this.run.accessesOf(step);
    this.touched = new Map();
    for (let number = first; number < end; number++) {
      const { kind, size, address, old } = this.run.access;
      const wrote = kind[number] === WRITE || old[number] !== this.run.access.new[number];
      for (let position = 0; position < size[number]; position++) {
        this.touched.set(this.run.byteAddress(address[number], position), wrote ? "wrote" : "read");
      }
    }
    this.fit();
    const latest = this.latestAccess(step);
    const opens = first < end || latest !== this.followed;
    if (this.follows && opens && latest !== null && this.run.regionOf(this.run.access.address[latest])) {
      this.open(this.run.access.address[latest]);
      // A hidden list cannot scroll.
      if (this.list.element.clientHeight > 0) this.followed = latest;
    } else {
      this.list.draw();
      this.showHistory();
    }
  }

  // The first access of the step, or of the last step before it that has any.
  latestAccess(step) {
    const { access } = this.run;
    const last = lastAtMost(access.step, step);
    return last < 0 ? null : this.run.accessesOf(access.step[last])[0];
  }

  row(index) {
    const start = this.region.address(index * this.columns);
    const bytes = [], letters = [];
    for (let position = 0; position < this.columns; position++) {
      const address = start + position;
      const { value, writer } = this.run.byteAfter(address, this.step);
      const classes = [
        writer >= 0 && "written",
        this.touched?.get(address),
        value === 0 && writer < 0 && "zero",
        Math.floor(address / 8) === Math.floor(this.selected / 8) && "selected",
        position % 8 === 0 && position && "space",
        this.run.labelOf(address)?.start === address && "part",
      ];
      const text = value === null ? "  " : value === undefined ? "··" : bareHex(value, 2);
      const name = classes.filter(Boolean).join(" ");
      const title = this.run.labelOf(address) ? this.run.placeName(address) : null;
      bytes.push(el("span", { class: name, data: { address }, text, title }));
      const letter = value >= 32 && value < 127 ? String.fromCharCode(value) : value === null ? " " : "·";
      letters.push(span(letter, value >= 32 && value < 127 ? (writer >= 0 ? "written" : "") : "zero"));
    }
    return el(
      "div",
      { class: this.region.hasHoles && index && start % PAGE === 0 ? "row frame" : "row" },
      span(bareHex(start, 9), "index"),
      el("span", { class: "bytes" }, bytes),
      el("span", { class: "letters" }, letters),
    );
  }

  // The part of the input that the selected byte is in.
  place() {
    const label = this.run.labelOf(this.selected);
    if (!label) return null;
    const size = plural(label.end - label.start, "byte");
    return el("h2", { class: "part" }, span(this.run.placeName(this.selected), "name"), span(`of ${size}`, "dim"));
  }

  // Every access of the selected word.
  showHistory() {
    if (this.selected === null) {
      this.history.replaceChildren(el("p", { class: "dim", text: "Click a byte to see which steps read and wrote it." }));
      return;
    }
    const { access } = this.run;
    const numbers = this.run.accessesOfWord(this.selected);
    const steps = numbers.map((number) => access.step[number]);
    const now = lastAtMost(steps, this.step);
    const start = Math.max(0, Math.min(now - 3, numbers.length - 8));
    const rows = numbers.slice(start, start + 8).map((number) => {
      const changed = access.old[number] !== access.new[number];
      const kind = access.kind[number] === WRITE || changed ? "write" : "read";
      const digits = 2 * access.size[number];
      const at = access.step[number];
      return el(
        "tr",
        { class: [kind, at === this.step && "here", at > this.step && "later"].filter(Boolean).join(" "), onclick: () => this.go(at) },
        el("td", { class: "index", text: count(this.run.effectPositionAt(at)) }),
        el("td", { text: access.kind[number] === SYSCALL ? "syscall" : kind }),
        el("td", { class: "hex", text: bareHex(access.old[number], digits) }),
        el("td", { class: "hex after", text: kind === "write" ? bareHex(access.new[number], digits) : "" }),
      );
    });
    const word = Math.floor(this.selected / 8) * 8;
    this.history.replaceChildren(
      ...[this.place()].filter(Boolean),
      el("h2", {}, span(`Word ${hex(word)}`), span(numbers.length ? plural(numbers.length, "access", "es") : "never accessed", "dim")),
      el("table", { class: "accesses" }, el("tbody", {}, rows)),
    );
  }
}
