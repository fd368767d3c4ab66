// Looks at the explorer: node main.mjs CHROMIUM PICTURES URL-HONEST URL-DOUBTING URL-BARE. What only
// the caller can do it asks for on standard output, as `do WORD`, and waits for a line.

import { Browser } from "./browser.mjs";
import { comingAndGoing } from "./gone.mjs";
import { hostile } from "./hostile.mjs";
import { keyboard } from "./keyboard.mjs";
import { live } from "./live.mjs";
import { moving } from "./moving.mjs";
import { search } from "./search.mjs";
import { standing } from "./standing.mjs";
import { views } from "./views.mjs";

const LIMIT = 400_000;
const [chromium, pictures, ...served] = process.argv.slice(2);

process.stdin.resume();
// The caller is gone when its pipe is; then nobody needs a browser.
process.stdin.on("end", () => process.exit(2));
setTimeout(() => {
  console.log(`page: not done after ${LIMIT / 1_000} s`);
  process.exit(2);
}, LIMIT).unref();

const browser = await Browser.start(chromium, pictures, served);
let failed = 0;
await Promise.all([inTurn(views), inTurn(standing, hostile, search, moving, keyboard)]);
// These change what there is to see.
await inTurn(live, comingAndGoing);
await browser.close();
process.exit(failed === 0 ? 0 : 1);

async function inTurn(...tests) {
  for (const test of tests) {
    const begun = performance.now();
    const own = browser.alone();
    try {
      await test(own);
      await own.closePages();
      console.log(`page: ${test.name}: ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
    } catch (error) {
      failed += 1;
      console.log(`page: ${test.name} FAILED: ${error.stack}`);
    }
  }
}
