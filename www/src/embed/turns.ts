/** Several elements on one page: those in sight start one after the other, from top to bottom. */

export interface Player extends Node {
  /** Starts or resumes; resolves when idle. */
  play(): Promise<unknown>;
}

/** Milliseconds after which the next one starts anyway. */
const PATIENCE = 60_000;
/** Milliseconds within which elements that come into sight are collected. */
const TOGETHER = 50;

const waiting = new Set<Player>();
let playing: Player | null = null;

export function enter(player: Player): void {
  waiting.add(player);
  setTimeout(next, TOGETHER);
}

/** Ends its turn, if it has it. */
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
  player.play().then(end, end); // it reports its own errors
}

function pass(player: Player): void {
  if (playing !== player) return;
  playing = null;
  next();
}
