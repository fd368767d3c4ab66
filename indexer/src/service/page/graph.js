// The step graph: from what was there to what came of it. Across on a wide screen, down on a narrow
// one; the same in words below it.

import { address, count, cut, drawing, element, foreign, named } from "./element.js";

const [WIDTH, HEIGHT, MARGIN] = [164, 56, 12];
const NARROW = matchMedia("(max-width: 70rem)");

// How many edges lead to a node at most: its rank. A cycle, which no honest graph has, ends it.
function ranks(nodes, edges) {
  const rank = new Map(nodes.map((node) => [node.id, 0]));
  for (let round = 0; round < nodes.length; round++) {
    for (const { from, to } of edges) {
      if (rank.has(from) && rank.has(to)) {
        rank.set(to, Math.min(nodes.length, Math.max(rank.get(to), rank.get(from) + 1)));
      }
    }
  }
  return rank;
}

const brief = (id) => `${id.slice(0, 10)}…${id.slice(-6)}`;

// What a node is, and which.
function words(node) {
  switch (node.kind) {
    case "result": return [named(node.id), "posted result"];
    case "dataset": {
      const [id, version] = node.id.split("/");
      return [named(id), `version ${version}${node.title ? `: ${node.title}` : ""}`];
    }
    case "step": return [node.step ? `Step: ${node.step}` : "Step", node.missing ? "not found" : brief(node.id)];
    default: return [`Input: ${node.name}`, node.attested ? "from an earlier step" : "outside, unattested"];
  }
}

// Steps that edges name, but that were not looked up.
function completed({ nodes, edges }) {
  const known = new Set(nodes.map((node) => node.id));
  const others = new Set(edges.flatMap(({ from, to }) => [from, to]).filter((id) => !known.has(id)));
  return [...nodes, ...[...others].map((id) => ({ id, kind: "step", missing: "not looked up" }))];
}

/** A figure of nodes and edges, and a list that says the same. */
export function graph(drawn, signal) {
  const nodes = completed(drawn);
  const box = element("div", { class: "graph", tabindex: "0", role: "region", "aria-label": "Step graph" });
  const draw = () => box.replaceChildren(figure(nodes, drawn.edges, !NARROW.matches));
  draw();
  NARROW.addEventListener("change", draw, { signal });
  return [box, inWords(nodes, drawn.edges)];
}

const size = (nodes, edges) => `${count(nodes.length, "node", "nodes")}, ${count(edges.length, "edge", "edges")}`;

function inWords(nodes, edges) {
  const name = (id) => {
    const node = nodes.find((node) => node.id === id);
    const [first, second] = words(node);
    if (node.kind === "result") return [first];
    const of = node.kind === "dataset" ? element("a", { href: address(id.split("/")[0]) }, first) : foreign(first, 60);
    return [of, " (", foreign(second, 60), ")"];
  };
  const rank = ranks(nodes, edges);
  const inOrder = edges.toSorted((a, b) => rank.get(a.from) - rank.get(b.from));
  const items = inOrder.map(({ from, to, name: what }) =>
    element("li", {}, ...name(from), " → ", ...name(to), ", as ", foreign(what, 40)));
  return element("details", { class: "in-words" },
    element("summary", {}, `The same in words: ${size(nodes, edges)}`),
    element("ol", {}, ...items));
}

function figure(nodes, edges, across) {
  const rank = ranks(nodes, edges);
  const filled = new Map();
  const place = new Map();
  const [stepX, stepY] = across ? [WIDTH + 52, HEIGHT + 18] : [WIDTH + 18, HEIGHT + 40];
  for (const { id } of nodes) {
    const [along, beside] = [rank.get(id), filled.get(rank.get(id)) ?? 0];
    filled.set(along, beside + 1);
    const [x, y] = across ? [along, beside] : [beside, along];
    place.set(id, [MARGIN + x * stepX, MARGIN + y * stepY]);
  }
  const most = (axis) => Math.max(...[...place.values()].map((at) => at[axis]));
  const [width, height] = [most(0) + WIDTH + MARGIN, most(1) + HEIGHT + MARGIN];
  const svg = drawing("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Step graph of ${size(nodes, edges)}, said in words below` },
    drawing("defs", {}, drawing("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" },
      drawing("path", { d: "M0 0L8 4L0 8z" }))));
  svg.append(...edges.map((edge) => line(place.get(edge.from), place.get(edge.to), edge.name, across)));
  svg.append(...nodes.map((node) => box(node, place.get(node.id))));
  return svg;
}

function line([x1, y1], [x2, y2], name, across) {
  const [a, b] = across ? [x1 + WIDTH, y1 + HEIGHT / 2] : [x1 + WIDTH / 2, y1 + HEIGHT];
  const [c, d] = across ? [x2 - 1, y2 + HEIGHT / 2] : [x2 + WIDTH / 2, y2 - 1];
  const [e, f] = [(a + c) / 2, (b + d) / 2];
  const curve = across ? `C${e} ${b} ${e} ${d} ${c} ${d}` : `C${a} ${f} ${c} ${f} ${c} ${d}`;
  const label = across ? { x: e, y: f - 6, "text-anchor": "middle" } : { x: e + 8, y: f + 4 };
  return drawing("g", { class: "edge" },
    drawing("path", { d: `M${a} ${b}${curve}`, "marker-end": "url(#arrow)" }),
    drawing("text", label, cut(name, across ? 8 : 20)));
}

function box(node, [x, y]) {
  const [first, second] = words(node);
  const outside = node.kind === "input" && !node.attested;
  return drawing("g", { class: `node ${outside ? "outside" : node.kind}` },
    drawing("title", {}, `${cut(first, 200)}: ${cut(second, 200)}`),
    drawing("rect", { x, y, width: WIDTH, height: HEIGHT, rx: node.kind === "step" ? 0 : 8 }),
    // An SVG of its own clips what is too wide.
    drawing("svg", { x, y, width: WIDTH - 4, height: HEIGHT },
      drawing("text", { x: 10, y: 23 }, cut(first, 22)),
      drawing("text", { x: 10, y: 42, class: "small" }, cut(second, 23))));
}
