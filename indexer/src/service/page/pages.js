// Lists that grow by pages.

import { element, quiet } from "./element.js";

const LIMIT = 20;

/** The first page of `path`, and a button for the next as long as there is one. `row` makes an item. */
export async function pages(asking, path, name, row, nothing) {
  const list = element("ul", { class: "rows" });
  const box = element("div", {}, list);
  const question = `${path}${path.includes("?") ? "&" : "?"}limit=${LIMIT}`;
  const more = async (cursor, after) => {
    const page = await asking.ask(cursor === null ? question : `${question}&${after}=${encodeURIComponent(cursor)}`);
    list.append(...page[name].map((item) => element("li", {}, ...row(item))));
    if (page.incomplete) box.append(quiet(`Not shown: ${page.incomplete}`));
    if (page.next !== null) box.append(button(page.next));
  };
  const button = (next) => {
    const made = element("button", { type: "button" }, "Show more");
    made.addEventListener("click", async () => {
      const [first, after] = [list.children.length, typeof next === "number" ? "before" : "cursor"];
      made.disabled = true;
      try {
        await more(next, after);
        made.remove();
        list.dataset.grown = "";
        focusOn(list.children[first]);
      } catch (error) {
        made.replaceWith(element("p", { class: "error", role: "alert" }, error.message));
      }
    });
    return made;
  };
  await more(null);
  if (list.children.length === 0) list.replaceWith(quiet(nothing));
  return { box, list };
}

// Whoever asked for more by keyboard goes on where it begins.
function focusOn(item) {
  const target = item?.querySelector("a, button") ?? item;
  if (target === item) item?.setAttribute("tabindex", "-1");
  target?.focus();
}
