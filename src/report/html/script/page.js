"use strict";
// The page without the replay: definitions on hover and focus, and lists that sort.
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);

  function show(item) {
    const text = document.getElementById(item.getAttribute("aria-describedby"));
    if (!text) return;
    tip.textContent = text.textContent;
    tip.hidden = false;
    const box = item.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8));
    const below = box.bottom + 6 + tip.offsetHeight <= innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${below ? box.bottom + 6 : box.top - 6 - tip.offsetHeight}px`;
  }
  const hide = () => { tip.hidden = true; };
  for (const item of document.querySelectorAll(".def")) {
    // The browser's own tip would cover ours; without this script it stays.
    item.removeAttribute("title");
    item.addEventListener("pointerenter", () => show(item));
    item.addEventListener("pointerleave", hide);
    item.addEventListener("focus", () => show(item));
    item.addEventListener("blur", hide);
  }
  // On paper nothing can be opened: what each figure means and the scenario are printed, and closed again afterwards.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
  addEventListener("scroll", hide, { passive: true, capture: true });
  addEventListener("keydown", event => { if (event.key === "Escape") hide(); });

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const value = row => {
          const cell = row.cells[column];
          return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
        };
        const rows = [...table.tBodies[0].rows].map((row, place) => ({ row, place, value: value(row) }));
        rows.sort((a, b) => {
          const order = typeof a.value === "number" ? a.value - b.value : a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
          return (up ? order : -order) || a.place - b.place;
        });
        table.tBodies[0].append(...rows.map(of => of.row));
      });
    });
  }
})();
