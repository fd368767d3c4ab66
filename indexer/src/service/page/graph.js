// The step graph as SVG: from what was there, on the left, to what came of it, on the right.

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN] = [150, 52, 46, 18, 16];

function draw(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// How many edges lead to a node at most: its column. A cycle, which no honest graph has, ends it.
function columns(nodes, edges) {
  const column = new Map(nodes.map((node) => [node.id, 0]));
  for (let round = 0; round < nodes.length; round++) {
    for (const { from, to } of edges) {
      if (column.has(from) && column.has(to)) {
        column.set(to, Math.min(nodes.length, Math.max(column.get(to), column.get(from) + 1)));
      }
    }
  }
  return column;
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const clean = (text) => String(text).replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd");

function words(node) {
  switch (node.kind) {
    case "result": return [node.id, "posted result"];
    case "dataset": return [node.id.replace("/", ", version "), node.title ?? "listed dataset"];
    case "step": return [node.step ? `${node.step} step` : "step", node.missing ? "not found" : node.id];
    default: return [node.name, node.attested ? "input" : "external, unattested"];
  }
}

/** A figure of nodes and edges, with the same as text for those who do not see it. */
export function graph({ nodes, edges }) {
  const ids = new Set(nodes.map((node) => node.id));
  for (const { from } of edges) {
    if (!ids.has(from)) {
      ids.add(from);
      nodes.push({ id: from, kind: "step", missing: "not looked up" });
    }
  }
  const column = columns(nodes, edges);
  const filled = new Map();
  const place = new Map();
  for (const node of nodes) {
    const x = column.get(node.id);
    const y = filled.get(x) ?? 0;
    filled.set(x, y + 1);
    place.set(node.id, [MARGIN + x * (WIDTH + GAP_X), MARGIN + y * (HEIGHT + GAP_Y)]);
  }
  const width = 2 * MARGIN + (Math.max(...filled.keys()) + 1) * (WIDTH + GAP_X) - GAP_X;
  const height = 2 * MARGIN + Math.max(...filled.values()) * (HEIGHT + GAP_Y) - GAP_Y;
  const text = edges.map(({ from, to, name }) => {
    const of = (id) => clean(words(nodes.find((node) => node.id === id))[0]);
    return `${of(from)} → ${of(to)} (${clean(name)})`;
  });
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "graph-title" },
    draw("title", { id: "graph-title" }, `Made from: ${text.join("; ")}`),
    draw("defs", {}, draw("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" },
      draw("path", { d: "M0 0L8 4L0 8z" }))));
  for (const { from, to } of edges) {
    const [[x1, y1], [x2, y2]] = [place.get(from), place.get(to)];
    const [a, b, c, d] = [x1 + WIDTH, y1 + HEIGHT / 2, x2 - 2, y2 + HEIGHT / 2];
    svg.append(draw("path", { d: `M${a} ${b}C${a + GAP_X / 2} ${b} ${c - GAP_X / 2} ${d} ${c} ${d}`, "marker-end": "url(#arrow)" }));
  }
  for (const node of nodes) {
    const [x, y] = place.get(node.id);
    const [first, second] = words(node).map((word) => clean(word));
    svg.append(draw("g", { class: node.kind === "input" && !node.attested ? "external" : node.kind },
      draw("title", {}, `${first}: ${second}`),
      draw("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 6 }),
      draw("text", { x: x + 10, y: y + 22 }, cut(first, 20)),
      draw("text", { x: x + 10, y: y + 40, class: "small" }, cut(second, 24))));
  }
  const box = document.createElement("div");
  box.className = "graph";
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Step graph");
  box.append(svg);
  return box;
}
