/** The sample pictures under `samples/`; `samples/SOURCES.md` lists their origins. */

export const SAMPLES = [
  { id: "chelsea", file: "chelsea.jpg" },
  { id: "coffee", file: "coffee.jpg" },
  { id: "astronaut", file: "astronaut.jpg" },
  { id: "rocket", file: "rocket.jpg" },
  { id: "hubble", file: "hubble.jpg" },
  { id: "camera", file: "camera.jpg" },
  { id: "clock", file: "clock.jpg" },
  { id: "brick", file: "brick.jpg" },
  { id: "zone-plate", file: "zone-plate.png" },
  { id: "text-chart", file: "text-chart.png" },
] as const;

export type SampleId = (typeof SAMPLES)[number]["id"];

export const FIRST_SAMPLE: SampleId = "chelsea";

export function isSample(id: string): id is SampleId {
  return SAMPLES.some((sample) => sample.id === id);
}

export function sampleUrl(id: SampleId): string {
  const sample = SAMPLES.find((candidate) => candidate.id === id);
  return fromBase(`samples/${sample?.file ?? ""}`);
}

export function thumbnailUrl(id: SampleId): string {
  return fromBase(`samples/thumbs/${id}.jpg`);
}

/** An address below the page's folder, wherever the page is served. */
export function fromBase(path: string): string {
  return new URL(path, document.baseURI).href;
}
