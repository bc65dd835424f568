import type { Size } from "./viewport";

/** The number of columns that shows `count` pictures of this shape largest on a stage. */
export function columnsFor(count: number, picture: Size, stage: Size): number {
  let best = 1;
  let largest = 0;
  for (let columns = 1; columns <= count; columns++) {
    const width = stage.width / columns;
    const height = stage.height / Math.ceil(count / columns);
    const scale = Math.min(width / picture.width, height / picture.height);
    if (scale > largest) [best, largest] = [columns, scale];
  }
  return best;
}
