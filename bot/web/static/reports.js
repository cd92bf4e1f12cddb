// The report page: asks for what the form says, shows table and plot; texts only, nothing becomes markup.

import { element } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const form = $("asked");
const night = matchMedia("(prefers-color-scheme: dark)");
const SHOWN = {
  calls: "Calls", containment: "Contained", containment_net: "Contained, net", offered: "To people", answered: "Answered",
  abandonment: "Left", service_level: "Service level", asa_s: "Speed of answer", aht_s: "Handling", transfer_rate: "Passed on",
  fcr: "First call", csat: "CSAT", satisfied: "Satisfied", quality: "Quality",
};

const figure = (name, value) => {
  if (value === null) return "–";
  if (["calls", "offered", "answered"].includes(name)) return value.toLocaleString("en-GB");
  if (name.endsWith("_s")) return `${Math.round(value)} s`;
  if (name === "quality") return value.toFixed(0);
  return name === "csat" ? value.toFixed(2) : `${(value * 100).toFixed(0)} %`;
};

const row = (label, figures) =>
  element("tr", "", null, element("td", "", label), ...Object.keys(SHOWN).map((name) => element("td", "number", figure(name, figures[name]))));

function heading(name, definition) {
  const cell = element("th", "number", SHOWN[name]);
  cell.title = definition;
  cell.tabIndex = 0;
  cell.setAttribute("aria-label", `${SHOWN[name]}: ${definition}`);
  return cell;
}

async function read() {
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const answer = await fetch(`/board/reports/figures?${asked}`, { cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) return location.reload();
  const report = await answer.json();
  $("banner").hidden = answer.ok;
  if (!answer.ok) {
    $("banner").textContent = report.error ?? "These days cannot be shown; please choose others.";
    return;
  }
  draw(report);
  $("plot").src = `/board/reports/export?format=png&wide=true&dark=${night.matches}&${asked}`;
  $("csv").href = `/board/reports/export?format=csv&${asked}`;
  $("png").href = `/board/reports/export?format=png&${asked}`;
}

function draw(report) {
  const table = $("table");
  const names = Object.keys(SHOWN).map((name) => heading(name, report.definitions[name]));
  table.tHead.replaceChildren(element("tr", "", null, element("th", "", form.elements.by.selectedOptions[0].text), ...names));
  table.tBodies[0].replaceChildren(...report.rows.map((one) => row(one.label, one)));
  table.tFoot.replaceChildren(row("All", report.total));
  $("empty").hidden = report.rows.length > 0;
  $("plot").hidden = report.rows.length === 0;
  if (report.pending) {
    $("banner").hidden = false;
    $("banner").textContent = `Some ${report.pending.toLocaleString("en-GB")} calls are still being added up; look again in a while.`;
  }
  form.elements.from.value ||= report.from;
  form.elements.to.value ||= report.to;
  $("live").textContent = `${report.from} to ${report.to}`;
  const choice = form.elements.business;
  if (choice.options.length === 1) choice.append(...Object.entries(report.businesses).map(([id, name]) => new Option(name, id)));
}

night.addEventListener("change", () => read().catch(failed));
form.addEventListener("change", () => read().catch(failed));
form.addEventListener("submit", (event) => event.preventDefault());
const failed = () => ($("live").textContent = "○ not connected: what you see may be old");
read().catch(failed);
