// PostGraphile 5 as its documentation has a production server: one process, plain Node.js HTTP, no watching, no IDE.
// Told by its environment: PORT, POOL_SIZE, PG_SETTINGS (JSON), and PGHOST, PGUSER, PGDATABASE as libpq has them.
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const pgSettings = JSON.parse(process.env.PG_SETTINGS);

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      schemas: ["public"],
      poolConfig: {
        max: Number(process.env.POOL_SIZE),
        options: "-c jit=off -c statement_timeout=5000",
      },
      // Who asks is a matter of the request, as in our server; PostGraphile sets it in the request's transaction.
      pgSettings: () => pgSettings,
    }),
  ],
  grafserv: { graphiql: false, websockets: false, watch: false },
  grafast: { explain: false },
};

const server = createServer();
const serv = postgraphile(preset).createServ(grafserv);
await serv.addTo(server);
await serv.ready();
server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGINT", () => process.exit(0));
