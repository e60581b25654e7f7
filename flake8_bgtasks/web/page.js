
"use strict";
(() => {
  const form = document.querySelector("form.filter");
  if (!form) return;
  const items = [...document.querySelectorAll("[data-text]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const status = form.querySelector("output");
  const search = form.elements.search;

  const matches = (item, words, values) =>
    words.every((word) => item.dataset.text.includes(word)) &&
    values.every(([name, value]) => item.dataset[name] === value);

  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const values = [...new FormData(form)].filter(([name, value]) => name !== "search" && value);
    for (const item of items) item.hidden = !matches(item, words, values);
    for (const group of groups) group.hidden = !group.querySelector("[data-text]:not([hidden])");
    const shown = items.filter((item) => !item.hidden).length;
    status.value = `${shown} of ${items.length} shown`;
  };

  form.hidden = false;
  for (const kind of ["input", "change"]) form.addEventListener(kind, update);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, select, textarea");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && isTyping) {
      form.reset();
      update();
    }
  });
  update();
})();
