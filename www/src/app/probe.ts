/** The color of every picture at one place, given as fractions of its width and height. */

import type { Client } from "../client";
import type { Point } from "../protocol";
import { pixelAt } from "../view/viewport";
import type { State } from "./state";

export async function colorsAt(client: Client, share: Point, state: State): Promise<Record<string, number[]>> {
  const { original, input, results } = state;
  const pictures = [
    ...(original ? [{ id: "original", picture: original.picture, size: original.layer.size }] : []),
    ...(input ? [{ id: "input", picture: input.picture, size: input.layer.size }] : []),
    ...results.flatMap(({ id, picture, size }) => (picture !== null && size ? [{ id, picture, size }] : [])),
  ];
  const read = pictures.map(async ({ id, picture, size }) => {
    return [id, await client.call("pixel", { picture, at: pixelAt(share, size) })] as const;
  });
  const done = await Promise.allSettled(read); // a picture may have been replaced meanwhile
  return Object.fromEntries(done.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
}
