// A tree of calls over consecutive places, such as the steps of a frame or the positions of a timeline.
// Each call has a start and an end. The first call contains all others, which are in the order of their starts.

class Calls {
  constructor(list) {
    const open = [0];
    this.list = list.map((call) => ({ ...call, depth: 0, parent: -1, children: [] }));
    this.list.forEach((call, number) => {
      if (number === 0) return;
      // A call that never began has its end before its start.
      while (open.length > 1 && this.list[open.at(-1)].end < Math.min(call.start, call.end)) open.pop();
      call.parent = open.at(-1);
      call.depth = this.list[call.parent].depth + 1;
      this.list[call.parent].children.push(number);
      open.push(number);
    });
    this.starts = Uint32Array.from(this.list, (call) => call.start);
    this.deepest = this.list.reduce((depth, call) => Math.max(depth, call.depth), 0);
  }

  // The number of the innermost call that contains a place.
  of(place) {
    let number = lastAtMost(this.starts, place);
    while (number > 0 && this.list[number].end < place) number = this.list[number].parent;
    return Math.max(number, 0);
  }

  depthOf(place) {
    return this.list[this.of(place)].depth;
  }

  // The numbers of the calls that contain a place, the outermost first.
  stack(place) {
    const stack = [];
    for (let number = this.of(place); number >= 0; number = this.list[number].parent) stack.unshift(number);
    return stack;
  }

  // The next place that is not deeper than this one, and the previous one.
  over(place) {
    const depth = this.depthOf(place), last = this.list[0].end;
    let next = place + 1;
    while (next < last && this.depthOf(next) > depth) next = this.list[this.of(next)].end + 1;
    return next;
  }

  backOver(place) {
    const depth = this.depthOf(place);
    let previous = place - 1;
    while (previous > 0 && this.depthOf(previous) > depth) previous = this.list[this.of(previous)].start - 1;
    return previous;
  }

  out(place) {
    return this.list[this.of(place)].end + 1;
  }
}
