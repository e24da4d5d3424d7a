"use strict";
// Asks every two seconds what happens now, and shows it; all that comes is shown as text.
const EVERY_MS = 2000;
const FINE = "It changes by itself, every two seconds.";
const at = (id) => document.getElementById(id);
const number = (value, digits = 0) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

function rows(id, values, none) {
  const columns = at(id).parentElement.querySelectorAll("th").length;
  const cells = values.length ? values : [[none, ...Array(columns - 1).fill("")]];
  at(id).replaceChildren(...cells.map((texts) => {
    const row = document.createElement("tr");
    for (const text of texts) row.insertCell().textContent = text;
    return row;
  }));
}

function bars(rates) {
  const most = Math.max(...rates, 1);
  const width = 600 / rates.length;
  at("rates").replaceChildren(...rates.map((rate, place) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = (rate / most) * 118;
    for (const [name, value] of Object.entries({ x: place * width + 0.5, y: 120 - height, width: width - 1, height })) {
      bar.setAttribute(name, value);
    }
    return bar;
  }));
  const mean = rates.reduce((a, b) => a + b, 0) / rates.length;
  at("rates-said").textContent = `By 5 seconds, the last five minutes: ${number(mean, 1)} on average, ${number(Math.max(...rates), 1)} at most.`;
}

function show(now) {
  at("rate").textContent = number(now.rates.at(-1), 1);
  at("events").textContent = number(now.events);
  at("open").textContent = number(now.open);
  bars(now.rates);
  rows("latencies", now.latencies.map((one) => [one.rule, number(one.number), number(one.median, 2), number(one.p99, 2)]), "no burst in the last five minutes");
  rows("alerts", now.alerts.map((one) => [one.user, number(one.actions), one.rules, one.first, one.opened]), "none");
}

async function look() {
  let failed = "";
  try {
    const now = await (await fetch("/now")).json();
    failed = now.error ?? "";
    if (!failed) {
      show(now);
      if (at("state").textContent !== FINE) at("state").textContent = FINE; // said once
    }
  } catch {
    failed = "Nobody answers: is `make lab` still running?";
  }
  at("state").classList.toggle("failed", Boolean(failed));
  if (failed) at("state").textContent = failed;
  setTimeout(look, EVERY_MS);
}

look();
