// node train-many.ts PATIENTS: trains the default model in this process; prints its peak memory and time as JSON.
import { trainProgressionModel } from "../../lib/progression/train-progression-model.ts";
import { benchTraining } from "./twin-engine.ts";
import { benchHistory } from "./twin-engine-history.ts";

const data = benchHistory(Number(process.argv[2]), 1);
const start = performance.now();
trainProgressionModel({ data, dataHash: "bench", name: "bench", training: benchTraining(data) });
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ megabytes, seconds: Math.round((performance.now() - start) / 1000) }));
