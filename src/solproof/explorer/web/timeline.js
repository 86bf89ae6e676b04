// The calls during the run. Each depth has a band, and each step has the same width.

const BAND = 11;
const MAXIMUM_BANDS = 12;
const MINIMUM_LABEL = 34;
const HUES = [262, 205, 300, 165, 232, 340, 185, 280, 60, 145, 25];

class Timeline {
  constructor(section, run, go) {
    this.section = section;
    this.run = run;
    this.go = go;
    this.canvas = section.querySelector("canvas");
    this.cursor = section.querySelector(".cursor");
    this.marks = section.querySelector(".marks");
    this.tip = section.querySelector(".tip");
    this.bands = Math.min(run.deepest + 1, MAXIMUM_BANDS);
    section.style.setProperty("--bands-height", `${this.bands * BAND}px`);
    new ResizeObserver(() => this.draw()).observe(section);
    let dragging = false;
    section.addEventListener("pointerdown", (event) => {
      dragging = true;
      section.setPointerCapture(event.pointerId);
      go(this.stepAt(event));
    });
    section.addEventListener("pointermove", (event) => {
      if (dragging) go(this.stepAt(event));
      this.hover(event);
    });
    section.addEventListener("pointerup", () => (dragging = false));
    section.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.tip.hidden = true;
  }

  stepAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(this.run.lastStep, Math.floor(share * this.run.steps)));
  }

  hover(event) {
    const step = this.stepAt(event);
    const box = this.canvas.getBoundingClientRect();
    const depth = Math.floor((event.clientY - box.top) / BAND);
    const stack = this.run.callStack(step);
    const call = this.run.calls[stack[Math.max(0, Math.min(depth, stack.length - 1))]];
    const units = count(this.run.unitsOfCall(call));
    this.tip.textContent = `${this.run.functionName(call.target)} · ${plural(call.end - call.start + 1, "step")} · ${units} CU`;
    this.tip.hidden = false;
    const left = event.clientX - box.left;
    this.tip.style.left = `${Math.max(0, Math.min(left + 12, box.width - this.tip.offsetWidth - 4))}px`;
  }

  draw() {
    const width = this.canvas.clientWidth, height = this.bands * BAND + 8;
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
    const scale = width / Math.max(this.run.steps, 1);
    for (const call of this.run.calls) {
      if (call.depth >= this.bands) continue;
      const x = call.start * scale, y = call.depth * BAND;
      const length = Math.max((call.end - call.start + 1) * scale, 0.6);
      pen.fillStyle = `oklch(${tone} ${HUES[(call.target * 7) % HUES.length]})`;
      pen.fillRect(x, y, length > 3 ? length - 0.6 : length, BAND - 1);
      const name = this.run.functionName(call.target);
      if (length > MINIMUM_LABEL && pen.measureText(name).width < length - 8) {
        pen.fillStyle = text;
        pen.fillText(name, x + 4, y + BAND / 2);
      }
    }
    pen.fillStyle = style.getPropertyValue("--accent");
    for (const syscall of this.run.syscalls) pen.fillRect(syscall.step * scale - 0.75, this.bands * BAND + 1, 1.5, 6);
    this.show(this.step ?? 0);
    this.showMarks(this.marked ?? []);
  }

  show(step) {
    this.step = step;
    this.cursor.style.left = `${((step + 0.5) / Math.max(this.run.steps, 1)) * 100}%`;
  }

  // The places of the matches of the search.
  showMarks(steps) {
    this.marked = steps;
    const places = new Set(steps.map((step) => Math.round((step / Math.max(this.run.steps, 1)) * 1000)));
    this.marks.replaceChildren(
      ...[...places].map((place) => {
        const mark = el("i");
        mark.style.left = `${place / 10}%`;
        return mark;
      }),
    );
  }
}
