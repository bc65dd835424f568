/**
 * The worker's entry point: serves the page that started it, and pages that connect by ports (`embed/one-engine.ts`).
 */

import { watchTraps } from "../../../npm/src/traps";
import type { FromWorker, ToWorker, Visit } from "../protocol";
import { Engines } from "./engines";
import { Page } from "./page";

const engines = new Engines(() => import("unet-playground"));
// Every first call needs the engine; that call reports a failure.
engines.module().catch(() => {});
const own = new Page(engines, {
  send: (message, transfer) => self.postMessage(message, { transfer }),
  crash: (detail) => crash(detail, []),
});
const visitors = new Map<number, Page>();

function crash(crashed: string, by: readonly number[]): void {
  self.postMessage({ crashed, by } satisfies FromWorker);
}

function welcome(number: number, port: MessagePort): void {
  const page = new Page(engines, {
    send: (message, transfer) => port.postMessage(message, { transfer }),
    crash: (detail) => crash(detail, [number]),
  });
  visitors.set(number, page);
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => void page.receive(data);
}

self.onmessage = ({ data, ports: [port] }: MessageEvent<ToWorker | Visit>) => {
  if ("comes" in data) return port && welcome(data.comes, port);
  if (!("goes" in data)) return void own.receive(data);
  void visitors.get(data.goes)?.close();
  visitors.delete(data.goes);
};

// An error event would also reach the page, without saying which call failed.
self.addEventListener("error", (event) => event.preventDefault());

// The failing call is unknown: it was one of those in progress.
watchTraps(({ crashed }) => {
  const waiting = [...visitors].filter(([, page]) => page.isWaiting);
  crash(
    crashed,
    waiting.map(([number]) => number),
  );
});
