// The line at the top, and what the service tells of itself.

import { answer, finality } from "./asking.js";
import { badge, element } from "./element.js";

const PATIENCE = 15_000;
const PAUSE = 5_000;

const STATES = {
  ready: ["good", "check", "up to date"],
  following: ["open", "half", "catching up"],
  waiting: ["open", "ring", "waiting for its node"],
  "finality-violated": ["bad", "alert", "stopped: a final block was replaced"],
  halted: ["bad", "alert", "stopped: its node said something false"],
};

async function locate() {
  const line = document.getElementById("position");
  try {
    const { at, status, network } = await answer("/v1/status", AbortSignal.timeout(PATIENCE));
    line.replaceChildren(
      badge(...(STATES[status] ?? ["open", "ring", status])),
      element("span", {}, `${network.name} · block ${at.block}, ${finality(at)}`));
  } catch (error) {
    line.replaceChildren(badge("bad", "cross", "no answer"), element("span", {}, error.message));
  }
}

/** Hears of blocks for as long as the page is looked at. `renew` is called where news may change
 * what is shown: they are of a thing that it `concerns`, or nobody listened for a while. */
export function follow({ concerns, renew }) {
  let stream = null;
  let first = true;
  const listen = () => {
    stream = new EventSource("/v1/follow");
    stream.addEventListener("open", () => {
      locate();
      if (!first) renew();
      first = false;
    });
    for (const name of ["block", "manifests"]) {
      stream.addEventListener(name, (event) => {
        locate();
        const { events, changed } = JSON.parse(event.data);
        if (events !== 0 && (changed === null || changed.some(concerns))) renew();
      });
    }
    stream.addEventListener("reorg", () => {
      locate();
      renew();
    });
    for (const name of ["ready", "stopped"]) stream.addEventListener(name, locate);
    stream.addEventListener("error", () => {
      locate();
      // The browser tries again by itself, but not after a refusal.
      if (stream.readyState === EventSource.CLOSED) setTimeout(visible, PAUSE);
    });
  };
  // Browsers open few connections to one place, so only a page that is looked at holds one.
  const visible = () => {
    stream?.close();
    if (document.visibilityState === "visible") listen();
  };
  document.addEventListener("visibilitychange", visible);
  visible();
}
