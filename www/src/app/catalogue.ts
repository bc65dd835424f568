/** The models there are, by task: what `models/manifest.json` lists, and the methods that can be chosen from it. */

import { fetched } from "../../../npm/src/fetched";
import { type Entry, FOR_COMPRESSED, methodId, parseManifest } from "../../../npm/src/manifest";
import type { FilterSpec } from "../engine";
import type { ModelFiles } from "../protocol";
import type { ReadingId } from "./reading";
import { fromBase } from "./samples";
import {
  type BaselineId,
  type ChainStep,
  factsOf,
  filterOf,
  keepsCompression,
  stepsOf,
  TASKS,
  type TaskFacts,
} from "./tasks";

export interface OwnModel {
  key: string;
  name: string;
  source: ModelFiles;
  /** How its output is read, where a person has said so. */
  reading: ReadingId | null;
}

/** One step of a method. */
export type Stage =
  | { kind: "model"; entry: Entry }
  | { kind: "own"; model: OwnModel }
  | { kind: "filter"; id: BaselineId; filter: FilterSpec };

/** One way from the input to a result, as a person chooses it. */
export interface Method {
  /** The same for the same way of upsampling in every task: a choice outlives a change of task. */
  id: string;
  kind: "network" | "baseline" | "own";
  /** Of a network, as the manifest has it: `unet`. */
  family: string;
  /** The survey that a network belongs to, which is named by its design; empty for the others. */
  survey: string;
  /** `design`, or `strategy` and `variant`, of a network; the name of a baseline or of an own file. */
  name: string;
  variant: string;
  stages: Stage[];
  /** Of all networks together. */
  parameters: number;
}

/** The survey of the network that is worth its cost where quality counts most. */
export const BEST_QUALITY = "best-quality";

/** Strategies in the order in which they are taught; others follow, then variants, and those of surveys come last. */
const STRATEGIES = ["nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv"];

export class Catalogue {
  readonly entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    const place = ({ design, strategy, variant }: Entry) => {
      const at = STRATEGIES.indexOf(strategy);
      if (design) return 2 * STRATEGIES.length + 2;
      return (at < 0 ? STRATEGIES.length : at) + (variant ? STRATEGIES.length + 1 : 0);
    };
    this.entries = [...entries].sort((a, b) => place(a) - place(b));
  }

  /** The tasks that can be chosen, in the page's order; what the page does not know comes last. */
  tasks(): TaskFacts[] {
    const listed = new Set(this.entries.map((entry) => entry.task));
    const known = TASKS.filter((task) => listed.has(task.id));
    const others = [...listed].filter((id) => !TASKS.some((task) => task.id === id));
    const chains = TASKS.filter((task) => task.chain && this.#chained(stepsOf(task), false).length > 0);
    return [...known, ...others.map(factsOf), ...chains];
  }

  /** Whether a task, or a step of a chain, has networks for compressed photos. */
  hasSources(task: TaskFacts, without: readonly string[] = []): boolean {
    const steps = task.chain ? seeingCompression(stepsOf(task, without)) : [task.id];
    return steps.some((id) => this.#forCompressed(id).length > 0);
  }

  /** What can be chosen for a task: its networks, those for compressed photos if they are wanted, then its baselines,
   *  which remove noise of `sigma`; null: as it is estimated. `without`: steps of a chain that are left out. */
  methods(
    task: TaskFacts,
    compressed: boolean,
    { sigma = null, without = [] }: { sigma?: number | null; without?: readonly string[] } = {},
  ): Method[] {
    const networks = task.chain
      ? this.#chained(stepsOf(task, without), compressed)
      : this.#usual(task.id).map((entry) => networkOf((compressed && this.#instead(entry)) || entry));
    const baselines = task.baselines.map((id): Method => {
      const stages: Stage[] = [{ kind: "filter", id, filter: filterOf(id, task.scale, sigma) }];
      const named = { family: "", survey: "", name: id, variant: "" };
      return { id: `${id}-filter`, kind: "baseline", ...named, stages, parameters: 0 };
    });
    return [...networks, ...baselines];
  }

  #usual(task: string): Entry[] {
    return this.entries.filter((entry) => entry.task === task && entry.variant !== FOR_COMPRESSED);
  }

  /** The network for compressed photos that takes the place of another. */
  #instead({ task, design, strategy, variant }: Entry): Entry | undefined {
    if (design || variant !== "") return undefined;
    return this.#forCompressed(task).find((other) => other.strategy === strategy);
  }

  #forCompressed(task: string): Entry[] {
    return this.entries.filter((entry) => entry.task === task && entry.variant === FOR_COMPRESSED);
  }

  title(task: string): string {
    return this.entries.find((entry) => entry.task === task)?.title ?? task;
  }

  /** A chain for every method of its first network; a step without it takes the first that it has. Of filters alone there is one.
   *  `compressed`: whether the photo is. */
  #chained(steps: readonly ChainStep[], compressed: boolean): Method[] {
    const seeing = compressed ? seeingCompression(steps) : [];
    const networks = steps.flatMap((step) => (step.kind === "task" ? [this.#usual(step.id)] : []));
    const [first] = networks;
    if (networks.some((entries) => entries.length === 0)) return [];
    const stages = (wanted?: Entry): Stage[] =>
      steps.flatMap((step): Stage[] => {
        if (step.kind === "filter") return [{ kind: "filter", id: step.id, filter: filterOf(step.id, 1, null) }];
        const entries = this.#usual(step.id);
        const entry = entries.find((one) => wanted && methodId(one) === methodId(wanted)) ?? entries[0];
        if (!entry) return [];
        return [{ kind: "model", entry: (seeing.includes(step.id) && this.#instead(entry)) || entry }];
      });
    if (!first) {
      const [name = ""] = steps.map(({ id }) => id);
      const plain = { family: "", survey: "", name, variant: "", parameters: 0 };
      return [{ id: `${name}-filter`, kind: "baseline", ...plain, stages: stages() }];
    }
    return first.map((wanted) => {
      const own = stages(wanted);
      const parameters = own.reduce((sum, stage) => sum + (stage.kind === "model" ? stage.entry.parameters : 0), 0);
      return { ...networkOf(wanted), stages: own, parameters };
    });
  }
}

/** The tasks of a chain that see what a photo's compression has left: up to the first network that makes another picture of it. */
function seeingCompression(steps: readonly ChainStep[]): string[] {
  const tasks = steps.filter(({ kind }) => kind === "task").map(({ id }) => id);
  const last = tasks.findIndex((id) => !keepsCompression(factsOf(id)));
  return last < 0 ? tasks : tasks.slice(0, last + 1);
}

export function ownMethod(model: OwnModel): Method {
  return {
    id: "own",
    kind: "own",
    family: "",
    survey: "",
    name: model.name,
    variant: "",
    stages: [{ kind: "own", model }],
    parameters: 0,
  };
}

/** A network that the manifest lists, as a method of one step. */
export function networkOf(entry: Entry): Method {
  const { family, survey, design, variant, parameters } = entry;
  return {
    id: methodId(entry),
    kind: "network",
    family,
    survey,
    name: design || entry.strategy,
    variant,
    stages: [{ kind: "model", entry }],
    parameters,
  };
}

/** Multiplications and additions per pixel of the result, of all networks of a method. */
export function flopsPerPixel({ stages }: Method): number {
  return stages.reduce((sum, stage) => sum + (stage.kind === "model" ? stage.entry.flopsPerPixel : 0), 0);
}

/** What `models/manifest.json` lists. */
export async function fetchCatalogue(signal: AbortSignal): Promise<Catalogue> {
  const listed = await fetched(fromBase("models/manifest.json"), signal, (response) => response.json());
  return new Catalogue(parseManifest(listed));
}
