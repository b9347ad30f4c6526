/** @module The tasks on the toy paper, as processes: `toy_task.ts train|claims <arguments>`. */
import { claims } from "../../../lib/tasks/claims.ts";
import { runTask } from "../../../lib/tasks/cli.ts";
import { train } from "../../../lib/tasks/train.ts";
import { findToyPaper } from "./toy_paper.ts";

const [task, ...args] = Deno.args;
const openDevice = () => Promise.reject(new Error("the toy needs no device"));
await runTask(() =>
  task === "train" ? train(args, { findPapers: findToyPaper, openDevice }) : claims(args, findToyPaper)
);
