// The calls during the execution. Each depth has a band, and each position has the same width.

const BAND = 11;
const MAXIMUM_BANDS = 12;
const SYSCALLS = 8;
const LINES = 8;
const NEAR = 5;
const MINIMUM_LABEL = 34;
const HUES = [262, 205, 300, 165, 232, 340, 185, 280, 60, 145, 25];

class Timeline {
  constructor(section, execution, go) {
    this.section = section;
    this.execution = execution;
    this.go = go;
    this.canvas = section.querySelector("canvas");
    this.cursor = section.querySelector(".cursor");
    this.marks = section.querySelector(".marks");
    this.tip = section.querySelector(".tip");
    this.bands = Math.min(execution.calls.deepest + 1, MAXIMUM_BANDS);
    section.style.setProperty("--bands-height", `${this.bands * BAND}px`);
    new ResizeObserver(() => this.draw()).observe(section);
    let dragging = false;
    section.addEventListener("pointerdown", (event) => {
      const line = this.lineAt(event);
      if (line !== undefined) return go(execution.linePositions[line]);
      dragging = true;
      section.setPointerCapture(event.pointerId);
      go(this.positionAt(event));
    });
    section.addEventListener("pointermove", (event) => {
      if (dragging) go(this.positionAt(event));
      this.hover(event);
    });
    section.addEventListener("pointerup", () => (dragging = false));
    section.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.tip.hidden = true;
  }

  positionAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(this.execution.last, Math.floor(share * this.execution.length)));
  }

  // The number of the line of the log whose mark is under the pointer.
  lineAt(event) {
    const box = this.canvas.getBoundingClientRect();
    if (event.clientY - box.top < this.bands * BAND + SYSCALLS) return undefined;
    const { linePositions, length } = this.execution;
    const distance = (line) => Math.abs(((linePositions[line] + 0.5) / length) * box.width - (event.clientX - box.left));
    let nearest = 0;
    for (let line = 1; line < linePositions.length; line++) if (distance(line) < distance(nearest)) nearest = line;
    return linePositions.length > 0 && distance(nearest) <= NEAR ? nearest : undefined;
  }

  hover(event) {
    const { calls, header } = this.execution;
    const box = this.canvas.getBoundingClientRect();
    const depth = Math.floor((event.clientY - box.top) / BAND);
    const stack = calls.stack(this.positionAt(event));
    const call = calls.list[stack[Math.max(0, Math.min(depth, stack.length - 1))]];
    const units = count(this.execution.unitsOfCall(call));
    const line = this.lineAt(event);
    this.tip.textContent = line !== undefined ? header.outcome.logs[line] : `${call.name} · ${plural(call.end - call.start + 1, "step")} · ${units} CU`;
    this.tip.hidden = false;
    const left = event.clientX - box.left;
    this.tip.style.left = `${Math.max(0, Math.min(left + 12, box.width - this.tip.offsetWidth - 4))}px`;
  }

  draw() {
    const width = this.canvas.clientWidth, height = this.bands * BAND + SYSCALLS + (this.execution.linePositions.length ? LINES : 0);
    if (width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.canvas.style.height = `${height}px`;
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(document.body);
    const [tone, text] = ["--band-tone", "--band-text"].map((name) => style.getPropertyValue(name).trim());
    pen.font = "9.5px system-ui, sans-serif";
    pen.textBaseline = "middle";
    const { execution } = this;
    const scale = width / Math.max(execution.length, 1);
    for (const call of execution.calls.list) {
      if (call.depth >= this.bands) continue;
      const x = call.start * scale, y = call.depth * BAND;
      const length = Math.max((call.end - call.start + 1) * scale, 0.6);
      pen.fillStyle = `oklch(${tone} ${HUES[call.hue % HUES.length]})`;
      pen.fillRect(x, y, length > 3 ? length - 0.6 : length, BAND - 1);
      if (length > MINIMUM_LABEL && pen.measureText(call.name).width < length - 8) {
        pen.fillStyle = text;
        pen.fillText(call.name, x + 4, y + BAND / 2);
      }
    }
    pen.fillStyle = style.getPropertyValue("--accent");
    for (const run of execution.runs) {
      for (const { step } of run.syscalls) pen.fillRect(run.positionAt(step) * scale - 0.75, this.bands * BAND + 1, 1.5, 6);
    }
    pen.fillStyle = style.getPropertyValue("--write");
    for (const position of execution.linePositions) {
      pen.beginPath();
      pen.arc((position + 0.5) * scale, this.bands * BAND + SYSCALLS + LINES / 2, 2.5, 0, 2 * Math.PI);
      pen.fill();
    }
    this.show(this.position ?? 0);
    this.showMarks(this.marked ?? []);
  }

  show(position) {
    this.position = position;
    this.cursor.style.left = `${((position + 0.5) / Math.max(this.execution.length, 1)) * 100}%`;
  }

  // The places of the matches of the search.
  showMarks(positions) {
    this.marked = positions;
    const length = Math.max(this.execution.length, 1);
    const places = new Set(positions.map((position) => Math.round((position / length) * 1000)));
    this.marks.replaceChildren(
      ...[...places].map((place) => {
        const mark = el("i");
        mark.style.left = `${place / 10}%`;
        return mark;
      }),
    );
  }
}
