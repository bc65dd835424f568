/**
 * Brings the frames of one page together: the first that comes starts an engine, and each gets a way to it. A shared worker, which
 * runs no engine itself: browsers let it start no workers, which engines need for their threads, and its module can go to no frame.
 */

import type { FromExchange, ToExchange } from "./one-engine";

const frames = new Map<number, MessagePort>();
let last = 0;
/** Number of the frame that has the engine. */
let owner = 0;

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (!port) return;
  const number = ++last;
  frames.set(number, port);
  if (!frames.has(owner)) {
    owner = number;
    send(number, { start: true });
  }
  const { port1, port2 } = new MessageChannel();
  send(owner, { comes: number }, port1);
  send(number, { way: true }, port2);
  port.onmessage = ({ data }: MessageEvent<ToExchange>) => {
    if (!frames.has(number)) return;
    if ("goes" in data) go(number);
    else if (number === owner) end(data.ended, data.by);
  };
});

function go(number: number): void {
  frames.delete(number);
  if (number === owner) end("", []);
  else send(owner, { goes: number });
}

/** No way leads anywhere any more: who still needs an engine comes again. */
function end(detail: string, by: readonly number[] | null): void {
  for (const number of frames.keys()) send(number, { ended: !by || by.includes(number) ? detail : null });
  frames.clear();
}

function send(number: number, message: FromExchange, ...ports: MessagePort[]): void {
  frames.get(number)?.postMessage(message, ports);
}
