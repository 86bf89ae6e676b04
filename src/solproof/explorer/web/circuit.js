// The constraints of a step, evaluated from the chips' own expressions on the rows that execute the step.

const P = 2 ** 31 - 2 ** 24 + 1;
const LIMBS = ["limb 0", "limb 1", "limb 2", "limb 3"];

function signedElement(value) {
  return value > P / 2 ? value - P : value;
}

// The constraints of the steps of one frame.
class Circuit {
  constructor(description, frame, columns) {
    this.chips = description.chips;
    this.bits = description.bits;
    this.tables = description.frames[frame].map((table) => ({
      ...table,
      row: columns[`${table.name}.row`],
      cells: columns[`${table.name}.cells`],
      groups: table.groups.map((group, number) => ({
        ...group,
        clk: columns[`${table.name}.group${number}.clk`],
        place: columns[`${table.name}.group${number}.place`],
      })),
    }));
  }

  // Every constraint and message of a step, as `solproof trace --constraints` writes it, with a formula.
  constraintsOf(step) {
    const found = [];
    for (const table of this.tables) {
      for (const group of table.groups) {
        let place = lastAtMost(group.clk, step) + 1; // instruction number step + 1
        for (; place < group.clk.length && group.clk[place] === step + 1; place++) {
          this.addRow(found, table, group, group.place[place]);
        }
      }
    }
    return found;
  }

  addRow(found, table, group, place) {
    const chip = this.chips[table.chip];
    const values = new RowValues(chip.nodes, table, place);
    const add = (entry) => found.push({ ...entry, chip: table.chip, row: table.row[place] });
    if (group.constraints) for (const each of chip.constraints) add(this.constraint(each, values));
    for (const number of group.interactions) {
      const interaction = chip.interactions[number];
      if (values.at(interaction.multiplicity) !== 0) this.message(interaction, values).forEach(add);
    }
  }

  constraint(each, values) {
    const { name, kind, formula } = each;
    const left = values.signed(each.left);
    if (kind === "range") {
      return { kind, name, formula, value: left, minimum: each.allowed[0], maximum: each.allowed.at(-1) };
    }
    const right = each.right === null ? null : values.signed(each.right);
    if (kind === "equality") return { kind, name, formula, left, right };
    const inputs = Object.fromEntries(each.inputs.map(([label, node]) => [label, values.signed(node)]));
    return { kind, name, formula, inputs, output: left, expected: right === null ? each.allowed : [right] };
  }

  message(interaction, values) {
    const { name, bus, labels, role, reading, formulas } = interaction;
    const fields = interaction.fields.map((node) => values.signed(node));
    const named = Object.fromEntries(labels.map((label, position) => [label, fields[position]]));
    switch (reading) {
      case "access":
        return [access(name, bus, role, named)];
      case "range":
        return fields.map((value, position) => ({
          kind: "range",
          name: fields.length === 1 ? name : `${name}: ${labels[position]}`,
          formula: formulas[position],
          value,
          minimum: interaction.bounds[position][0],
          maximum: interaction.bounds[position][1],
        }));
      case "bits": {
        const [minimum, maximum] = this.bits[fields[0]];
        return [{ kind: "range", name, formula: formulas[1], value: fields[1], minimum, maximum }];
      }
      case "conjunction": {
        const inputs = Object.fromEntries(labels.slice(0, 2).map((label, position) => [label, fields[position]]));
        const formula = `${formulas[2]} = ${formulas[0]} AND ${formulas[1]}`;
        return [{ kind: "arithmetic", name, formula, inputs, output: fields[2], expected: [fields[0] & fields[1]] }];
      }
    }
    return [{ kind: "equality", name, bus, side: role, left: named }];
  }
}

function access(name, bus, side, fields) {
  const address = "region" in fields ? fields.region * 2 ** 32 + fields["word index"] * 8 : fields.index;
  const limbs = LIMBS.map((limb) => fields[limb]);
  const value = limbs.reduce((sum, limb, position) => sum + (BigInt(limb) << BigInt(16 * position)), 0n);
  const entry = { kind: "memory", name, space: bus, side, address, value: `${value}`, time: fields.time };
  // The limbs of a pseudo-register, such as clk and depth of the open call, may have more than 16 bits.
  if ("index" in fields && address > 10) entry.limbs = limbs;
  return entry;
}

// The values of a chip's nodes on one row. Each value is computed only once.
class RowValues {
  constructor(nodes, table, place) {
    this.nodes = nodes;
    this.table = table;
    this.place = place;
    this.known = new Map();
  }

  signed(node) {
    return signedElement(this.at(node));
  }

  at(node) {
    if (!this.known.has(node)) this.known.set(node, this.compute(this.nodes[node]));
    return this.known.get(node);
  }

  compute([kind, first, second]) {
    switch (kind) {
      case "const":
        return first;
      case "transition":
        return this.cell("transition", 0);
      case "add":
        return (this.at(first) + this.at(second)) % P;
      case "sub":
        return (this.at(first) - this.at(second) + P) % P;
      case "mul":
        return Number((BigInt(this.at(first)) * BigInt(this.at(second))) % BigInt(P));
    }
    return this.cell(kind, first);
  }

  cell(kind, column) {
    return this.table.cells[(this.table.starts[kind] + column) * this.table.rows + this.place];
  }
}
