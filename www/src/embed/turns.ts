/** Several elements on one page: those in sight start one after the other, from the top of the page to its end. */

export interface Player extends Node {
  /** Starts, or goes on; resolves once nothing is left to do. */
  play(): Promise<unknown>;
}

/** Milliseconds after which the next one no longer waits. */
const PATIENCE = 60_000;
/** Milliseconds in which those that come into sight together are told of. */
const TOGETHER = 50;

const waiting = new Set<Player>();
let playing: Player | null = null;

export function enter(player: Player): void {
  waiting.add(player);
  setTimeout(next, TOGETHER);
}

/** Its turn, if it has it, ends. */
export function leave(player: Player): void {
  waiting.delete(player);
  if (playing === player) pass(player);
}

function next(): void {
  const [player] = [...waiting].sort((a, b) => (a.compareDocumentPosition(b) & a.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  if (playing || !player) return;
  waiting.delete(player);
  playing = player;
  const end = () => pass(player);
  setTimeout(end, PATIENCE);
  player.play().then(end, end); // it tells itself what went wrong
}

function pass(player: Player): void {
  if (playing !== player) return;
  playing = null;
  next();
}
