"use strict";

const at = (id) => document.getElementById(id);

// The page's documents are files, which a server that answers trusted documents only can know.
const load = async (name) => (await fetch(`/static/${name}.graphql`)).text();

const documents = Promise.all([load("communities"), load("coverage")]);

let communities = [];

async function ask(query, variables) {
  const headers = { "Content-Type": "application/json" };
  const token = at("token").value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`${errors[0].message} ${errors[0].extensions.hint || ""}`.trim());
  return data;
}

function fill(select, choices, wanted) {
  select.replaceChildren(...choices.map(([value, text]) => new Option(text, value, false, value === wanted)));
}

function fillServices() {
  const community = communities.find(({ code }) => code === at("community").value);
  const types = community ? community.serviceTypes : [];
  fill(at("service"), types.map(({ code, name }) => [code, name]), "AFTER_SCHOOL");
}

function say(text, isError = false) {
  at("status").textContent = text;
  at("status").classList.toggle("error", isError);
}

function cell(text, className) {
  const td = document.createElement("td");
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

function share({ gapRate: rate, inNeed, gap }) {
  const td = document.createElement("td");
  if (rate === null) return cell(inNeed.withheld || gap.withheld ? "✱" : "–");
  const meter = document.createElement("meter");
  meter.value = rate;
  meter.setAttribute("aria-hidden", "true");
  td.append(meter, `${(rate * 100).toFixed(0)} %`);
  return td;
}

function row(label, counts, className) {
  const tr = document.createElement("tr");
  if (className) tr.className = className;
  const th = document.createElement("th");
  th.scope = "row";
  th.textContent = label;
  const number = ({ value, withheld }) => cell(withheld ? "✱" : value.toLocaleString("en-US"), "number");
  tr.append(th, number(counts.inNeed), number(counts.served), number(counts.gap), number(counts.waitlisted));
  tr.append(share(counts));
  return tr;
}

// What the numbers are, and how much of what they are counted from is known.
function define({ measures, basis }) {
  const items = measures.flatMap(({ name, definition }) => {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = definition;
    return [dt, dd];
  });
  at("definitions").replaceChildren(...items);
  const percent = (part) => (part === null ? "✱" : `${(part * 100).toFixed(1)} %`);
  const linked = basis.linkedShare === null ? "None" : percent(basis.linkedShare);
  at("basis").textContent = `${linked} of the records are tied to a child. `
    + `Of ${percent(basis.unknown[0].share)} of the children it is not known which group they are in.`;
}

function hide() {
  for (const id of ["answer", "note", "meaning"]) at(id).hidden = true;
}

function show(coverage) {
  const { asOf, services: [service] } = coverage;
  if (!service.total) {
    hide();
    say("Who is served by this is outside your role's scope; that is not the same as nobody.");
    return;
  }
  const groups = [...service.groups].sort((a, b) => (b.counts.gapRate ?? -1) - (a.counts.gapRate ?? -1));
  const rows = groups.map(({ values, counts }) => row(values.map(({ label }) => label).join(", "), counts));
  at("answer").querySelector("tbody").replaceChildren(...rows, row("All", service.total, "total"));
  at("answer").querySelector("caption").textContent = `${service.name}, ${asOf}`;
  at("group").textContent = at("dimension").selectedOptions[0].text;
  define(coverage);
  for (const id of ["answer", "note", "meaning"]) at(id).hidden = false;
  say("");
}

at("community").addEventListener("change", fillServices);

at("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const variables = {
    community: at("community").value,
    services: [at("service").value],
    by: [at("dimension").value],
  };
  say("Counting …");
  try {
    const [, coverage] = await documents;
    at("query").textContent = `${coverage}\n# variables\n${JSON.stringify(variables, null, 2)}`;
    show((await ask(coverage, variables)).coverage);
  } catch (error) {
    hide();
    say(error.message, true);
  }
});

documents
  .then(([communities]) => ask(communities))
  .then((data) => {
    communities = data.communities.nodes;
    fill(at("community"), communities.map(({ code, name }) => [code, name]));
    fillServices();
  })
  .catch((error) => say(error.message, true));
