// Questions to the API by one drawing of a view, and the blocks that the answers are of.

import { element, hash, when } from "./element.js";

const PATIENCE = 15_000;

/** An answer that is none: what it says is for people. */
export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Answers that are drawn together. `signal` ends it when another view is drawn. */
export class Asking {
  constructor(signal) {
    this.signal = signal;
    this.line = element("p", { class: "as-of" });
    this.blocks = new Map();
    /** Whether news of this thing changes what is drawn. */
    this.concerns = () => true;
    /** Draws again in place, where the view knows how. */
    this.renew = null;
  }

  async ask(path) {
    const body = await answer(path, AbortSignal.any([this.signal, AbortSignal.timeout(PATIENCE)]));
    this.blocks.set(body.at.hash, body.at);
    this.line.replaceChildren(...asOf([...this.blocks.values()]));
    return body;
  }

  /** Questions in the place of those that this gave before, whose answers nobody waits for now. */
  again() {
    this.replaced?.abort();
    this.replaced = new AbortController();
    const next = new Asking(AbortSignal.any([this.signal, this.replaced.signal]));
    next.line = this.line;
    return next;
  }
}

/** Asks the API; an error is what the service says. */
export async function answer(path, signal) {
  let said;
  try {
    said = await fetch(path, { headers: { accept: "application/json" }, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("silent", "This server does not answer. The page tries again by itself.");
  }
  const body = await said.json().catch(() => null);
  if (said.ok && body) return body;
  throw new Refused(body?.error?.code ?? "unreadable", body?.error?.message ?? `the answer cannot be read (status ${said.status})`);
}

// Views that ask several questions may hear of several blocks.
function asOf(blocks) {
  const [first, last] = [Math.min, Math.max].map((most) => most(...blocks.map((at) => at.block)));
  const at = blocks.find(({ block }) => block === last);
  return [
    first === last ? `As of block ${last} ` : `As of blocks ${first} to ${last} `,
    hash(at.hash, "the block’s hash"),
    " of ", when(at.time), ", ", finality(at), ".",
  ];
}

/** Whether a block is final, in words. */
export const finality = ({ level, finalized }) =>
  level === "finalized" ? "which is final" : finalized === null ? "not final yet" : `not final yet (final up to block ${finalized})`;
