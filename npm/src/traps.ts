/** Messages of a worker whose engine fails. */

import { isTrap } from "../../src/web/trap.js";
import { codeOf, messageOf } from "./errors.js";

/** The engine is in an unknown state: the worker must be replaced. */
export interface Crash {
  crashed: string;
}

/** A call failed; the worker continues. */
export interface Failure {
  id: number;
  error: { code: string; message: string };
}

/** The message for a call that ended in an error. */
export function failure(id: number, error: unknown): Crash | Failure {
  if (isTrap(error)) return { crashed: messageOf(error) };
  return { id, error: { code: codeOf(error), message: messageOf(error) } };
}

/** Reports what surfaces nowhere else: a trap inside a future of the engine rejects nothing. */
export function watchTraps(send: (crash: Crash) => void): void {
  self.addEventListener("unhandledrejection", (event) => send({ crashed: messageOf(event.reason) }));
  self.addEventListener("error", (event) => send({ crashed: event.message }));
}
