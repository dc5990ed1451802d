// A line over time.

import { el, setText } from "./dom.js";
import { text, time } from "./text.js";

// Texts keep their size on a narrow page.
const width = matchMedia("(max-width: 44rem)").matches ? 380 : 640;
const [height, left, bottom, top] = [200, 72, 24, 12];

function svg(name, properties = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** The next of 1, 2, 5, 10, 20… that is not less. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999999);
}

export class Chart {
  /** `write` makes a text of a value. */
  constructor(label, write) {
    Object.assign(this, { label, write });
    this.area = svg("path", { class: "area" });
    this.line = svg("path", { class: "line" });
    this.rows = [0, 1, 2].map((step) => {
      const y = top + ((height - top - bottom) * (2 - step)) / 2;
      return { line: svg("path", { class: "grid", d: `M${left} ${y}H${width}` }),
        text: svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }) };
    });
    this.columns = ["start", "middle", "end"].map((anchor, step) =>
      svg("text", { x: left + ((width - left) * step) / 2, y: height - 6, "text-anchor": anchor }));
    this.svg = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" },
      ...this.rows.flatMap((row) => [row.line, row.text]), ...this.columns, this.area, this.line);
    this.empty = el("p", { class: "empty" }, text("noSamples"));
    this.node = el("figure", { class: "chart" }, el("figcaption", {}, label), this.svg, this.empty);
  }

  /** `points`: pairs of milliseconds and a value, in order; values may be null. */
  show(points) {
    const known = points.filter((point) => point[1] !== null);
    this.svg.toggleAttribute("hidden", known.length < 2);
    this.empty.hidden = known.length >= 2;
    if (known.length < 2) return;
    const mark = `${known.length} ${known[0][0]} ${known.at(-1)}`;
    if (mark === this.mark) return;
    this.mark = mark;
    const values = known.map((point) => point[1]);
    const [low, high] = [Math.min(0, ...values), Math.max(...values)];
    const ceiling = high > 0 ? roundUp(high) : 1;
    const [first, last] = [known[0][0], known.at(-1)[0]];
    const x = (at) => left + ((width - left) * (at - first)) / Math.max(1, last - first);
    const y = (value) => top + ((height - top - bottom) * (ceiling - value)) / (ceiling - low);
    const path = known.map(([at, value]) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("L");
    this.line.setAttribute("d", `M${path}`);
    this.area.setAttribute("d", `M${path}L${x(last).toFixed(1)} ${y(low)}L${left} ${y(low)}Z`);
    this.rows.forEach((row, step) => setText(row.text, this.write(low + ((ceiling - low) * step) / 2)));
    this.columns.forEach((column, step) => setText(column, time(first + ((last - first) * step) / 2)));
    this.svg.setAttribute("aria-label", text("chartNow", {
      label: this.label, value: this.write(values.at(-1)), low: this.write(Math.min(...values)), high: this.write(high),
    }));
  }
}
