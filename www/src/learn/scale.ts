/** Positions of steps and losses in the loss curve: both on logarithmic scales. */

/** Steps below this are spaced almost linearly, since a logarithmic scale has no step 0. */
const SOFT = 20;

export interface Scale {
  /** 0 to 1, from the first step to the last. */
  x(step: number): number;
  /** 0 to 1, from the greatest loss to the least. */
  y(loss: number): number;
  /** Round losses within the range. */
  ticks: number[];
}

export function scaleOf(points: readonly { step: number; loss: number }[]): Scale {
  const last = Math.max(1, ...points.map(({ step }) => step));
  const losses = points.map(({ loss }) => loss).filter((loss) => loss > 0);
  const [low, high] = [Math.min(...losses, 1) * 0.92, Math.max(...losses, 1e-9) * 1.06];
  const round = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1];
  return {
    x: (step) => Math.log1p(step / SOFT) / Math.log1p(last / SOFT),
    y: (loss) => (Math.log(high) - Math.log(Math.max(loss, low))) / (Math.log(high) - Math.log(low)),
    ticks: round.filter((loss) => loss > low && loss < high),
  };
}

/** The loss at a step, linearly interpolated. */
export function lossAt(points: readonly { step: number; loss: number }[], step: number): number {
  const after = points.findIndex((point) => point.step >= step);
  const [a, b] = [points[after - 1], points[after] ?? points.at(-1)];
  if (!b) return 0;
  if (!a || after < 0) return b.loss;
  return a.loss + ((b.loss - a.loss) * (step - a.step)) / (b.step - a.step);
}
