// Nothing here is needed: the buttons copy what stands beside them, for those whose browser runs scripts.
(() => {
  const held = document.querySelector("main").dataset;
  const [quotation, citation, copied, digest] = held.say.split("|");
  const read = (figure, part) => (figure.querySelector(part)?.textContent ?? "").replace(/\s+/g, " ").trim();
  const cite = (figure) =>
    `“${read(figure, ".quote")}” – ${held.title}, ${read(figure, ".place")}. ${held.address}. ${held.retrieved}. ${digest}: ${held.sha256}`;
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  const offer = (figure, label, make) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", async () => {
      await copy(make(figure));
      button.textContent = copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
    return button;
  };
  for (const figure of document.querySelectorAll("article figure")) {
    const place = figure.querySelector("figcaption").appendChild(document.createElement("span"));
    place.className = "copy";
    place.setAttribute("aria-live", "polite");
    place.append(offer(figure, quotation, (found) => read(found, ".quote")), offer(figure, citation, cite));
  }
})();
