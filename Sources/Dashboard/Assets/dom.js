// Elements, made and changed. Texts are only ever set as text, so that what a charge point sends stays a text.

/** An element; children are elements or texts, properties are attributes, or listeners where they are functions. */
export function el(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(key, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Sets a text where it is another one. */
export function setText(node, text) {
  const value = String(text ?? "");
  if (node.textContent !== value) node.textContent = value;
}

/** Makes the children of `parent` those of `items`, in their order; what is there already is kept and updated. */
export function keyed(parent, items, key, create, update) {
  const known = parent.keyedChildren ?? (parent.keyedChildren = new Map());
  const wanted = new Set();
  let previous = null;
  for (const item of items) {
    const id = key(item);
    wanted.add(id);
    let node = known.get(id);
    if (!node) {
      node = create(item);
      known.set(id, node);
    }
    update(node, item);
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (place !== node) parent.insertBefore(node, place);
    previous = node;
  }
  for (const [id, node] of known) {
    if (wanted.has(id)) continue;
    node.remove();
    known.delete(id);
  }
}

/**
 * A table that shows some rows at a time.
 *
 * `columns`: `{title, cell(item) → text, or fill(td, item), number}`; the first one heads its row. `tools` stands between
 * the heading and the rows.
 */
export class Table {
  constructor({ caption, columns, key, perPage = 25, empty, text, tools }) {
    Object.assign(this, { columns, key, perPage, page: 0, items: [], text });
    this.body = el("tbody");
    this.range = el("span", { class: "range" });
    this.back = el("button", { type: "button", click: () => this.turn(-1) }, text("previous"));
    this.forth = el("button", { type: "button", click: () => this.turn(1) }, text("next"));
    this.pager = el("p", { class: "pager" }, this.back, this.range, this.forth);
    this.empty = el("p", { class: "empty" }, empty ?? "");
    const titles = columns.map(({ title, number }) =>
      el("th", { scope: "col", role: "columnheader", class: number && "number" }, title));
    // The roles are said, since on a narrow page the table is no longer laid out as one.
    this.table = el("table", { role: "table", "aria-label": caption },
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, ...titles)), this.body);
    this.body.setAttribute("role", "rowgroup");
    this.node = el("div", { class: "table" }, el("h2", {}, caption), tools, this.table, this.empty, this.pager);
  }

  turn(pages) {
    this.page += pages;
    this.show(this.items);
  }

  show(items) {
    this.items = items;
    const last = Math.max(0, Math.ceil(items.length / this.perPage) - 1);
    this.page = Math.min(Math.max(0, this.page), last);
    const from = this.page ? this.page * this.perPage : 0;
    const shown = items.slice(from, from + this.perPage);
    keyed(this.body, shown, this.key, () => this.row(), (row, item) => this.fill(row, item));
    this.table.hidden = items.length === 0;
    this.empty.hidden = items.length > 0;
    this.pager.hidden = items.length <= this.perPage;
    setText(this.range, this.text("range", { from: from + 1, to: from + shown.length, of: items.length }));
    this.back.disabled = this.page === 0;
    this.forth.disabled = this.page === last;
  }

  row() {
    const cells = this.columns.map(({ title, number }, index) =>
      el(index === 0 ? "th" : "td", {
        scope: index === 0 && "row", role: index === 0 ? "rowheader" : "cell", "data-title": title,
        class: number && "number",
      }));
    return el("tr", { role: "row" }, ...cells);
  }

  fill(row, item) {
    this.columns.forEach((column, index) => {
      if (column.fill) column.fill(row.children[index], item);
      else setText(row.children[index], column.cell(item));
    });
  }
}

/** A labelled control of a form. */
export function field(label, control) {
  return el("label", {}, el("span", {}, label), control);
}
