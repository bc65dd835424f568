/** Inspected models and the values of their runs, by the ids that the page knows. */

import type { Engine, Model, Picture } from "../engine";
import type { Features, Inspection } from "../inspection";
import { CallError, type Calls, type FeaturesInfo, type InspectionInfo } from "../protocol";

export class Inspections {
  /** `model`: id of the inspected model. */
  #inspections = new Map<number, { inspection: Inspection; model: number }>();
  #features = new Map<number, Features>();
  #nextId = Date.now(); // as in `Host`

  async open(
    engine: Engine,
    { id: number, model }: { id: number; model: Model },
    picture: Picture,
    { at, side }: Pick<Calls["inspect"]["args"], "at" | "side">,
  ): Promise<InspectionInfo> {
    const inspection = await engine.inspect(picture, model, { side, ...(at && { at }) });
    const id = this.#nextId++;
    this.#inspections.set(id, { inspection, model: number });
    const { rect, shape, nodes } = inspection;
    const names = (ports: { name: string }[]) => ports.map(({ name }) => name);
    return { id, rect, shape, nodes, inputs: names(model.inputs), outputs: names(model.outputs) };
  }

  async features(
    inspection: Inspection,
    { value, cut }: Calls["features"]["args"],
    signal: AbortSignal,
  ): Promise<FeaturesInfo> {
    const features = await inspection.features(value, { cut, signal });
    const id = this.#nextId++;
    this.#features.set(id, features);
    const { shape, channels, width, height, range, ranges, window } = features;
    return { id, shape, channels, width, height, range, ranges, window };
  }

  maps({ features, look }: Calls["featureMaps"]["args"]): Picture {
    return this.#values(features).picture(look);
  }

  value({ features, channel, at }: Calls["featureValue"]["args"]): number {
    return this.#values(features).value(channel, at.x, at.y);
  }

  row({ features, row }: Calls["featureRow"]["args"]): Float32Array {
    const of = this.#values(features);
    return Float32Array.from({ length: of.channels * of.width }, (_, at) =>
      of.value(Math.floor(at / of.width), at % of.width, row),
    );
  }

  get(id: number): Inspection {
    return this.#known(id).inspection;
  }

  modelOf(id: number): number {
    return this.#known(id).model;
  }

  free(id: number): void {
    this.#inspections.get(id)?.inspection.free();
    this.#inspections.delete(id);
  }

  freeFeatures(id: number): void {
    this.#features.get(id)?.free();
    this.#features.delete(id);
  }

  /** Drops everything that belongs to an engine. */
  clear(): void {
    for (const id of [...this.#features.keys()]) this.freeFeatures(id);
    for (const id of [...this.#inspections.keys()]) this.free(id);
  }

  #known(id: number): { inspection: Inspection; model: number } {
    const known = this.#inspections.get(id);
    if (!known) throw new CallError("unknown", `there is no inspection ${id}`);
    return known;
  }

  #values(id: number): Features {
    const features = this.#features.get(id);
    if (!features) throw new CallError("unknown", `there are no features ${id}`);
    return features;
  }
}
