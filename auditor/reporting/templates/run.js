// Nothing here is needed: it filters and sorts the table of sites, for those whose browser runs scripts.
(() => {
  const table = document.querySelector(".ranked");
  const tools = document.querySelector(".tools");
  if (!table || !tools) return;
  const rows = [...table.tBodies[0].rows];
  const [words, state] = tools.querySelectorAll("input, select");
  const shown = tools.querySelector("output");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const filter = () => {
    const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = (state.value && row.dataset.state !== state.value) || !asked.every((word) => texts.get(row).includes(word));
      count += !row.hidden;
    }
    shown.textContent = `${count} of ${rows.length}`;
  };
  const compare = (key) => (one, other) => {
    const [a, b] = [one.dataset[key], other.dataset[key]];
    if (a === "" || b === "") return (a === "") - (b === "");
    return key === "site" ? a.localeCompare(b) : a - b;
  };
  for (const head of table.tHead.querySelectorAll("[data-key]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const turn = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", turn);
      const order = compare(head.dataset.key);
      const sorted = [...rows].sort((one, other) => {
        const found = order(one, other);
        const lacks = one.dataset[head.dataset.key] === "" || other.dataset[head.dataset.key] === "";
        return turn === "descending" && !lacks ? -found : found;
      });
      table.tBodies[0].append(...sorted);
    });
  }
  tools.hidden = false;
  words.addEventListener("input", filter);
  state.addEventListener("change", filter);
  filter();
})();
