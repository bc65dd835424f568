/**
 * Connects the frames of one page: the first one starts an engine, and each gets a port to it. A shared worker, which
 * runs no engine itself: browsers do not let it start workers, which engines need for their threads, and a compiled
 * module cannot be sent from it to a frame.
 */

import type { FromExchange, ToExchange } from "./one-engine";

const frames = new Map<number, MessagePort>();
let last = 0;
/** Number of the frame that owns the engine. */
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

/** The engine is gone and all ports are dead: frames that still need an engine ask again. */
function end(detail: string, by: readonly number[] | null): void {
  for (const number of frames.keys()) send(number, { ended: !by || by.includes(number) ? detail : null });
  frames.clear();
}

function send(number: number, message: FromExchange, ...ports: MessagePort[]): void {
  frames.get(number)?.postMessage(message, ports);
}
