// Filters: one row of native controls, a chip for each that is set, and what a sheet cannot obey.
function controlsOf(page) {
  const { plan } = page;
  const controls = plan.filters.map((filter) =>
    filter.kind === "range" ? rangeControl(filter, page) : setControl(filter, page),
  );
  const chips = element("ul", { class: "chips", tabindex: "-1", "aria-label": "Filters that are set" });
  const form = element("form", { class: "controls", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() },
    ...controls.map(({ box }) => box));
  return { form, chips, controls };
}

function setControl(filter, page) {
  const select = element("select", { id: `filter-${filter.id}`, onchange: () => {
    const { state } = page;
    const values = state.filters[filter.id] ?? [];
    if (!select.value || values.includes(select.value)) return;
    page.go({ ...state, filters: { ...state.filters, [filter.id]: [...values, select.value] } });
  } });
  const none = element("option", { value: "" });
  select.append(none, ...filter.values.map((value) => element("option", { value }, value)));
  const why = element("small", { id: `why-${filter.id}` });
  select.setAttribute("aria-describedby", why.id);
  const box = element("div", { class: "control" }, element("label", { for: select.id }, filter.label), select, why);
  const show = (chosen) => {
    none.textContent = chosen ? "one more" : "all"; // the chips say which are chosen
    select.value = "";
  };
  return { filter, box, why, show };
}

function rangeControl(filter, page) {
  const set = () => {
    const [from, to] = [first.value || filter.from, last.value || filter.to].sort();
    const whole = from === filter.from && to === filter.to;
    page.go({ ...page.state, filters: { ...page.state.filters, [filter.id]: whole ? undefined : { from, to } } });
  };
  const input = (id) => element("input", { type: "date", id, min: filter.from, max: filter.to, onchange: set });
  const [first, last] = [input(`filter-${filter.id}`), input(`filter-${filter.id}-to`)];
  const why = element("small", { id: `why-${filter.id}` });
  for (const one of [first, last]) one.setAttribute("aria-describedby", why.id);
  const box = element("div", { class: "control range" },
    element("label", { for: first.id }, `${filter.label} from`),
    element("div", { class: "pair" }, first, element("label", { for: last.id }, "to"), last), why);
  const show = (chosen) => { first.value = chosen?.from ?? filter.from; last.value = chosen?.to ?? filter.to; };
  return { filter, box, why, show };
}

function showControls({ controls, chips }, page) {
  const { state, plan } = page;
  for (const { filter, box, why, show } of controls) {
    show(state.filters[filter.id]);
    const cannot = filter.cannot[state.sheet];
    box.classList.toggle("without", Boolean(cannot));
    why.textContent = cannot ?? filter.partly[state.sheet] ?? "";
  }
  const go = (filters) => {
    page.go({ ...state, filters });
    chips.focus(); // what was pressed is gone
  };
  const chip = (filter, text, rest) => {
    const reason = filter.cannot[state.sheet];
    const button = element("button", { type: "button", "aria-label": `Take away the filter ${filter.label} ${text}`,
      onclick: () => go({ ...state.filters, [filter.id]: rest }) }, "×");
    return element("li", { class: reason ? "without" : "" },
      `${filter.label}: ${text}${reason ? " (not on this sheet)" : ""} `, button);
  };
  const made = plan.filters.flatMap((filter) => {
    const chosen = state.filters[filter.id];
    if (!chosen) return [];
    if (filter.kind === "range") return [chip(filter, spanned(chosen.from, chosen.to), undefined)];
    return chosen.map((value) => {
      const rest = chosen.filter((one) => one !== value);
      return chip(filter, value, rest.length ? rest : undefined);
    });
  });
  const none = element("li", { class: "none" }, "No filter is set: all days, all of the store.");
  const clear = element("li", {}, element("button", { type: "button", class: "clear",
    onclick: () => go({}) }, "Clear all"));
  chips.replaceChildren(...(made.length ? [...made, clear] : [none]));
}
