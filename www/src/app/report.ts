import { sha256 } from "../../../npm/src/sha256";
import type { ModelSource } from "../protocol";
import type { Stage } from "./catalogue";
import { degradations } from "./degradation";
import { reducedSize } from "./size";
import { isDegraded, isMasked, type State } from "./state";

/** Everything about the results except the pictures, to reproduce them: model hashes, settings, scores. */
export async function report(state: State): Promise<object> {
  const { photo, task, settings, engine, frame, input, results } = state;
  const reduced = frame && reducedSize(task, settings, frame); // in a test, results have the size of the original
  return {
    task: task.id,
    picture: photo && { name: photo.name, ...photo.size },
    cut: settings.cut,
    degraded: isDegraded(state) ? degradations(task, settings.degradation, reduced) : [],
    mask: isMasked(state) ? (state.mask?.name ?? null) : null,
    strength: settings.strength,
    saturation: settings.saturation,
    numbers: settings.numbers,
    without: settings.without,
    hints: settings.hints,
    engine: engine && { backend: engine.backend, chosen: settings.backend, reason: engine.reason },
    browser: navigator.userAgent,
    input: input && { scores: finite(input.scores) },
    results: await Promise.all(
      results.map(async (result) => ({
        method: result.id,
        status: result.status,
        steps: await Promise.all(result.method.stages.map(step)),
        parameters: result.method.parameters,
        size: result.size,
        milliseconds: result.milliseconds,
        backend: result.backend,
        scores: finite(result.scores),
        agreement: result.agreement,
        checkerboard: result.checkerboard,
        ...(result.failure && { failure: result.failure.detail }),
      })),
    ),
  };
}

async function step(stage: Stage): Promise<object> {
  if (stage.kind === "own") return { model: stage.model.name, sha256: await hashOf(stage.model.source) };
  if (stage.kind === "filter") return { filter: stage.filter };
  const { file, sha256, title, license } = stage.entry;
  const data = stage.entry.data.map((of) => ({ file: of.file, sha256: of.sha256 }));
  return { model: file, sha256, ...(data.length > 0 && { data }), title, license };
}

async function hashOf(source: ModelSource): Promise<string | null> {
  return "file" in source ? sha256(new Uint8Array(await source.file.arrayBuffer())) : source.sha256;
}

/** JSON has no infinity, the PSNR of equal pictures. */
function finite(scores: object | null): object | null {
  return (
    scores &&
    Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, value === Infinity ? "infinite" : value]))
  );
}
