// Elements: text in, nodes out. Nothing that was asked for ever becomes markup.

const SVG = "http://www.w3.org/2000/svg";

// Control, bidirectional and invisible characters become visible, as the program prints them, and
// so do marks piled up on one letter.
const HIDDEN = /[\p{Cc}\p{Cf}\u115f\u1160\u2028\u2029\u3164\ufe00-\ufe0f\uffa0]/gu;
const PILED = /(\p{M}{4})\p{M}+/gu;

/** Text as it may be shown. */
export const plain = (value) =>
  String(value ?? "").replace(HIDDEN, (c) => (c === "\n" ? c : "\ufffd")).replace(PILED, "$1\ufffd");

/** Text of at most this many characters. */
export function cut(value, most) {
  const letters = [...plain(value)];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : letters.join("");
}

/** An element with attributes and children; strings become text. */
export function element(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function drawing(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((child) => (child instanceof Node ? child : plain(child))));
  return made;
}

export const heading = (text) => element("h2", {}, text);
export const quiet = (...children) => element("p", { class: "quiet" }, ...children);
export const warning = (text) => element("p", { class: "warning" }, shape("alert"), element("span", {}, text));
export const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** A provider's or reader's words: they do not turn the words around them. */
export const foreign = (text, most) => element("bdi", {}, cut(text, most));

/** `dataset:7` as people say it. */
export function named(id) {
  const [thing, number] = id.split(":");
  return `${thing[0].toUpperCase()}${thing.slice(1)} ${number}`;
}

export const address = (id) => `#/${id.replace(":", "/")}`;
export const link = (id) => element("a", { href: address(id) }, named(id));

/** Labels and values; what is not known is left out. */
export function facts(...rows) {
  const list = element("dl", {});
  for (const [label, ...values] of rows) {
    if (values.every((value) => value !== null && value !== undefined)) {
      list.append(element("div", {}, element("dt", {}, label), element("dd", {}, ...values)));
    }
  }
  return list;
}

/** A moment of the chain's clock. */
export function when(seconds) {
  const iso = new Date(seconds * 1000).toISOString();
  return element("time", { datetime: iso }, `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`);
}

/** A length of time, in the largest units that fit. */
export function span(seconds) {
  const units = [[86_400, "day", "days"], [3_600, "hour", "hours"], [60, "minute", "minutes"], [1, "second", "seconds"]];
  const [size, one, many] = units.find(([size]) => seconds % size === 0 && seconds >= size) ?? units.at(-1);
  return count(seconds / size, one, many);
}

/** An amount with its token; units where the network does not know the token. */
export const money = (amount, units, symbol, token) =>
  amount === null ? `${units} units of ${short(token)}` : `${amount} ${symbol}`;

export const price = (terms) => money(terms.price, terms.price_units, terms.symbol, terms.token);

const short = (value) => (value.length > 20 ? `${value.slice(0, 10)}…${value.slice(-6)}` : value);

/** A hash, an address or a CID, shortened in the middle. */
export const brief = (value) => element("code", { title: value }, short(value));

/** The same with a button for the whole of it; `what` it is, for those who hear the button. */
export function hash(value, what) {
  const shown = brief(value);
  const button = copying(value, `Copy ${what}`, () => {
    // Where the browser gives no clipboard, the whole is shown and selected.
    shown.textContent = plain(value);
    getSelection().selectAllChildren(shown);
  });
  return element("span", { class: "hash" }, shown, button);
}

/** A command to type. */
export function command(text) {
  const shown = element("code", {}, text);
  const button = copying(text, `Copy the command ${text}`, () => getSelection().selectAllChildren(shown));
  return element("span", { class: "hash" }, shown, button);
}

function copying(value, label, otherwise) {
  const said = element("span", { role: "status" });
  const button = element("button", { type: "button", class: "copier", "aria-label": label, title: label }, shape("copy"));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(value);
      said.textContent = "copied";
      setTimeout(() => { said.textContent = ""; }, 2_000);
    } catch {
      otherwise();
    }
  });
  return element("span", {}, button, said);
}

const SHAPES = {
  check: ["M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z", "M4.5 8.2 7 10.7l4.5-5"],
  ring: ["M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z"],
  half: ["M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z", "M8 1.5a6.5 6.5 0 0 1 0 13Z"],
  cross: ["M3 3l10 10M13 3 3 13"],
  alert: ["M8 1.5 15 14H1Z", "M8 6v4M8 11.7v.6"],
  pause: ["M5 3v10M11 3v10"],
  copy: ["M5.5 5.5h8v8h-8Z", "M10.5 2.5h-8v8"],
};

/** A shape beside a word, so that neither colour nor shape alone says it. */
export function shape(name) {
  return drawing("svg", { class: `shape ${name}`, viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    ...SHAPES[name].map((d) => drawing("path", { d })));
}

/** A state in a word. */
export const badge = (kind, form, word) => element("span", { class: `badge ${kind}` }, shape(form), word);
