// The same five contracts for Ponder; `scripts/bench index` says where chain and database are.
import { readFileSync } from "node:fs";
import { createConfig } from "ponder";

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const network = json(process.env.PROVENOME_NETWORK!);

const contract = (name: string, field: string) => ({
  chain: "local",
  abi: json(`../../../contracts/abi/${name}.json`).abi,
  address: network.contracts[field].address,
  startBlock: network.deployed_at,
});

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL },
  chains: {
    // viem refuses answers of more than 10 MiB; its own default range was no faster here.
    local: { id: network.chain, rpc: process.env.PONDER_RPC_URL, ethGetLogsBlockRange: 10 },
  },
  contracts: {
    DatasetRegistry: contract("DatasetRegistry", "registry"),
    GrantMarket: contract("GrantMarket", "market"),
    ResultLedger: contract("ResultLedger", "ledger"),
    ProvenanceLog: contract("ProvenanceLog", "log"),
  },
});
