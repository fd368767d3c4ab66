// The server goes away and comes back.

import assert from "node:assert/strict";
import { accessible, wellLaidOut } from "./layout.mjs";

export async function comingAndGoing(browser) {
  const page = await browser.page({ width: 360 });
  const other = await browser.page();
  await browser.open(page, "#/");
  await browser.open(other, "#/");
  await browser.have("end");
  await page.getByText("no answer").waitFor();
  await page.getByRole("link", { name: "Results" }).click();
  await page.getByText("This cannot be shown").waitFor();
  assert.match(await page.locator("main").innerText(), /This server does not answer/);
  await wellLaidOut(page, "gone");
  await accessible(page, "gone");
  await browser.picture(page, "gone-360");
  await other.locator("#q").fill("exome");
  await other.locator("main [role=alert]").waitFor();

  await browser.have("begin");
  await page.getByText("Result 1", { exact: true }).waitFor();
  await page.getByText("up to date").waitFor();
  await other.getByText("1 dataset found").waitFor();
  for (const watched of [page, other]) browser.forgive(watched, /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
}
