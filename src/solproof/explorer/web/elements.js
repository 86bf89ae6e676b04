// Small helpers for the page's elements. Text is always inserted as text, never as HTML.

function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "text") element.textContent = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function span(text, kind) {
  return el("span", { class: kind, text });
}

// A 64-bit value in hexadecimal, with its leading zeros dimmed.
function hexWord(value) {
  const digits = bareHex(value, 16);
  const zeros = digits.length - digits.replace(/^0+/, "").length;
  return el("span", { class: "hex" }, span(digits.slice(0, zeros), "zeros"), digits.slice(zeros));
}

// An instruction, with different styles for its name, registers, numbers and labels.
function assembly(text) {
  const line = el("span", { class: "asm" });
  const space = text.indexOf(" ");
  line.append(span(space < 0 ? text : text.slice(0, space), "op"));
  if (space < 0) return line;
  const pattern = /(\br(?:10|\d)\b)|([-+]?\b0x[0-9a-f]+\b|(?<![\w])[-+]?\d+\b)|([A-Za-z_]\w+)/gi;
  const rest = text.slice(space);
  let end = 0;
  for (const match of rest.matchAll(pattern)) {
    line.append(rest.slice(end, match.index));
    line.append(span(match[0], match[1] ? "reg" : match[2] ? "num" : "name"));
    end = match.index + match[0].length;
  }
  line.append(rest.slice(end));
  return line;
}

// A list of many rows of equal height. Only the visible rows exist.
class VirtualList {
  constructor(height, render) {
    this.height = height;
    this.render = render;
    this.count = 0;
    this.inner = el("div", { class: "rows" });
    this.element = el("div", { class: "list", tabindex: "-1" }, this.inner);
    this.element.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  setCount(count) {
    this.count = count;
    this.inner.style.height = `${count * this.height}px`;
    this.draw();
  }

  draw() {
    const view = this.element.clientHeight;
    if (view === 0) return;
    const first = Math.max(Math.floor(this.element.scrollTop / this.height) - 4, 0);
    const last = Math.min(Math.ceil((this.element.scrollTop + view) / this.height) + 4, this.count);
    const rows = [];
    for (let index = first; index < last; index++) {
      const row = this.render(index);
      row.style.top = `${index * this.height}px`;
      row.style.height = `${this.height}px`;
      rows.push(row);
    }
    this.inner.replaceChildren(...rows);
  }

  // Scrolls only if the row is not well inside the view.
  reveal(index) {
    const view = this.element.clientHeight;
    if (view === 0) return;
    const top = index * this.height;
    const margin = Math.min(3 * this.height, view / 4);
    if (top < this.element.scrollTop + margin || top + this.height > this.element.scrollTop + view - margin) {
      this.element.scrollTop = Math.max(top - view / 2 + this.height / 2, 0);
    }
    this.draw();
  }
}

// A view of each frame, made when the frame is first shown. Only that of the current frame is in the page.
class FrameViews {
  constructor(execution, go, make) {
    this.execution = execution;
    this.go = go;
    this.make = make;
    this.views = new Map();
    this.nothing = el("p", { class: "dim note", text: "No program of a frame runs here." });
    this.element = el("div", { class: "frames" });
    this.select(execution.runs[0] ?? null);
  }

  select(run) {
    if (run && !this.views.has(run)) this.views.set(run, this.make(run, (step) => this.go(run.effectPositionAt(step))));
    this.view = run ? this.views.get(run) : null;
    const element = this.view ? this.view.element : this.nothing;
    if (this.element.firstChild !== element) this.element.replaceChildren(element);
  }

  show(position) {
    const moment = this.execution.at(position);
    this.select(moment.run);
    this.view?.show(moment);
  }
}

// Tabs over panels. `views` are [name, title, view].
class Tabs {
  constructor(section, views, onSelect) {
    this.bar = section.querySelector(".tabs");
    this.panels = section.querySelector(".panels");
    this.onSelect = onSelect;
    this.buttons = new Map();
    this.views = new Map();
    for (const [name, title, view] of views) {
      const button = el("button", { type: "button", role: "tab", text: title, onclick: () => this.select(name) });
      this.buttons.set(name, button);
      this.views.set(name, view);
      this.bar.append(button);
      this.panels.append(view.element);
    }
    this.select(views[0][0]);
  }

  select(name) {
    this.view = this.views.get(name);
    for (const [each, button] of this.buttons) button.setAttribute("aria-selected", each === name);
    for (const [each, { element }] of this.views) element.hidden = each !== name;
    this.onSelect?.(name);
  }
}
