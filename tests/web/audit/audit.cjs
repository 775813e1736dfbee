// Runs the audits of graphql-http against a server: node audit.cjs FOLDER-OF-NODE-MODULES URL TOKEN
"use strict";

const [, , folder, url, token] = process.argv;
const { auditServer } = require("node:module").createRequire(`${folder}/`)("graphql-http");

const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });

auditServer({ url, fetchFn }).then((results) =>
  console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason })))),
);
