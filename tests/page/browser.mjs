// A browser whose every page is watched: what it asks for, what its console says, what its policy
// forbids.

import assert from "node:assert/strict";
import { once } from "node:events";
import { chromium } from "playwright-core";

const PATIENCE = 30_000;
const REFUSED = /^Failed to load resource: the server responded with a status of 4\d\d/;

export class Browser {
  static async start(program, pictures, [honest, doubting, bare]) {
    const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
    const browser = new Browser();
    browser.chromium = await chromium.launch({ executablePath: program, args });
    return Object.assign(browser, { pictures, served: { honest, doubting, bare } });
  }

  /** The same browser, with pages of its own. */
  alone() {
    return Object.assign(Object.create(this), { watched: [] });
  }

  /** A fresh page of one of the services. `refused`: questions that are refused are part of it. */
  async page({ from = "honest", width = 1280, refused = false, ...options } = {}) {
    const origin = this.served[from];
    const context = await this.chromium.newContext({
      baseURL: origin, viewport: { width, height: 800 }, colorScheme: "light", ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const wrong = [];
    this.watched.push({ page, wrong });
    const allowed = (message) => refused && REFUSED.test(message.text());
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== origin) wrong.push(`it asks for ${request.url()}`);
    });
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !allowed(message)) wrong.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => wrong.push(`script: ${error.stack}`));
    page.on("dialog", (dialog) => wrong.push(`dialog: ${dialog.message()}`));
    return page;
  }

  /** Goes to a view and waits until it is drawn anew. */
  async open(page, address) {
    if (page.url() === "about:blank") await page.goto(`/${address}`);
    else await page.evaluate(goTo, address);
    await drawn(page);
  }

  /** The whole view, as it is without the focus. */
  async picture(page, name) {
    await page.evaluate(() => document.activeElement.blur());
    await page.screenshot({ path: `${this.pictures}/${name}.png`, fullPage: true });
  }

  /** What a test did to a page itself. */
  forgive(page, expected) {
    const { wrong } = this.watched.find((one) => one.page === page);
    const others = wrong.filter((what) => !expected.test(what));
    assert.ok(others.length < wrong.length, `nothing of ${expected}`);
    wrong.splice(0, wrong.length, ...others);
  }

  /** Nothing that was watched went wrong. */
  async closePages() {
    for (const { page, wrong } of this.watched.splice(0)) {
      await page.context().close();
      assert.deepEqual(wrong, []);
    }
  }

  close() {
    return this.chromium.close();
  }

  /** Has the caller do something that changes the world. */
  async have(deed) {
    const answer = once(process.stdin, "data");
    console.log(`do ${deed}`);
    assert.equal(String((await answer)[0]).trim(), "done");
  }
}

// Runs in the page: the old view is drawn until the new one is, and is told from it by a mark.
function goTo(address) {
  for (const node of document.getElementById("main").children) node.dataset.old = "";
  const { hash } = location;
  location.hash = address;
  if (location.hash === hash) dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Waits until a view and the line at the top are there. */
export async function drawn(page) {
  await page.locator("main h1:not([data-old])").first().waitFor();
  await page.locator("#position .badge").waitFor();
}

/** Answers of the API as they are, but for one change. */
export function changed(page, pattern, change) {
  return page.route(pattern, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    change(json);
    await route.fulfill({ response, json });
  });
}

/** Lists in pages of two. */
export const inPagesOfTwo = (page) =>
  page.route(/limit=20/, (route) => route.continue({ url: route.request().url().replace("limit=20", "limit=2") }));
