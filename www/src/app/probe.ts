/** The colours of every picture at one place, given as a share of its width and height. */

import type { Client } from "../client";
import type { Point } from "../protocol";
import type { State } from "./state";

export async function colorsAt(client: Client, { x, y }: Point, state: State): Promise<Record<string, number[]>> {
  const { original, input, results } = state;
  const pictures = [
    ...(original ? [{ id: "original", picture: original.picture, size: original.layer.size }] : []),
    ...(input ? [{ id: "input", picture: input.picture, size: input.layer.size }] : []),
    ...results.flatMap(({ id, picture, size }) => (picture !== null && size ? [{ id, picture, size }] : [])),
  ];
  const within = (share: number, length: number) => Math.min(Math.max(Math.floor(share * length), 0), length - 1);
  const read = pictures.map(async ({ id, picture, size }) => {
    const at = { x: within(x, size.width), y: within(y, size.height) };
    return [id, await client.call("pixel", { picture, at })] as const;
  });
  const done = await Promise.allSettled(read); // a picture may have been replaced meanwhile
  return Object.fromEntries(done.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
}
