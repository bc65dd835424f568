/**
 * The page's only way to the engine: typed calls to one worker.
 *
 * An aborted call rejects at once, and its late answer is dropped (a late picture or model is freed). A crashed worker
 * is discarded: every open call rejects with `engine-crashed`, `onCrash` is called, and the next call starts a new
 * worker. A worker lost for reasons outside this page is discarded as well, and `onLost` is called. Ids of pictures and
 * models end with their worker.
 */

import type { EngineInfo } from "./protocol";
import {
  CallError,
  type CallName,
  type Calls,
  type FromWorker,
  type Progress,
  type Tile,
  type ToWorker,
} from "./protocol";

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  onTile?: ((tile: Tile) => void) | undefined;
}

interface OpenCall extends CallOptions {
  call: CallName;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export interface WorkerLike {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  /** For a shared worker: it ended, and not because of this page's calls. */
  onlost?: (() => void) | null;
  postMessage(message: ToWorker): void;
  terminate(): void;
}

/** Calls that free objects in the worker. */
const FREE = {
  picture: (picture: number): ToWorker => ({ id: 0, call: "freePicture", args: { picture } }),
  model: (model: number): ToWorker => ({ id: 0, call: "freeModel", args: { model } }),
  inspection: (inspection: number): ToWorker => ({ id: 0, call: "freeInspection", args: { inspection } }),
  features: (features: number): ToWorker => ({ id: 0, call: "freeFeatures", args: { features } }),
};

/** Messages that free the results of calls that nobody waits for any more. */
const UNDO: { [K in CallName]?: (result: never) => ToWorker } = {
  decode: (picture: Calls["decode"]["result"]) => FREE.picture(picture.id),
  make: (picture: Calls["make"]["result"]) => FREE.picture(picture.id),
  process: ({ picture }: Calls["process"]["result"]) => FREE.picture(picture.id),
  loadModel: (model: Calls["loadModel"]["result"]) => FREE.model(model.id),
  inspect: (inspection: Calls["inspect"]["result"]) => FREE.inspection(inspection.id),
  inspectedInput: (picture: Calls["inspectedInput"]["result"]) => FREE.picture(picture.id),
  inspectedOutput: (picture: Calls["inspectedOutput"]["result"]) => FREE.picture(picture.id),
  features: (features: Calls["features"]["result"]) => FREE.features(features.id),
  loss: ({ map }: Calls["loss"]["result"]) => FREE.picture(map.id),
};

export class Client {
  onCrash: (detail: string) => void = () => {};
  onLost: () => void = () => {};
  #spawn: () => WorkerLike;
  #worker: WorkerLike | null = null;
  #open = new Map<number, OpenCall>();
  #dropped = new Map<number, CallName>();
  #nextId = 1;

  constructor(spawn: () => WorkerLike) {
    this.#spawn = spawn;
  }

  start(backend: Calls["start"]["args"]["backend"], options?: CallOptions): Promise<EngineInfo> {
    return this.call("start", { backend }, options);
  }

  call<K extends CallName>(call: K, args: Calls[K]["args"], options: CallOptions = {}): Promise<Calls[K]["result"]> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(aborted());
    const worker = this.#worker ?? this.#start();
    const id = this.#nextId++;
    return new Promise<Calls[K]["result"]>((resolve, reject) => {
      const onAbort = () => {
        this.#open.delete(id);
        this.#dropped.set(id, call);
        worker.postMessage({ id, abort: true });
        reject(aborted());
      };
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener("abort", onAbort);
          then(value);
        };
      this.#open.set(id, {
        ...options,
        call,
        resolve: settle(resolve as (value: unknown) => void),
        reject: settle(reject),
      });
      signal?.addEventListener("abort", onAbort, { once: true });
      worker.postMessage({ id, call, args } as ToWorker);
    });
  }

  /** Frees an object, if its worker still lives. */
  free(what: keyof typeof FREE, id: number): void {
    this.#worker?.postMessage(FREE[what](id));
  }

  /** Ends the worker; its open calls reject as aborted. */
  end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#dropped.clear();
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const call of open) call.reject(aborted());
  }

  #start(): WorkerLike {
    const worker = this.#spawn();
    worker.onmessage = (event) => this.#receive(worker, event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#crash(worker, event.message ?? "");
    };
    worker.onlost = () => this.#crash(worker, null);
    this.#worker = worker;
    return worker;
  }

  #receive(worker: WorkerLike, message: FromWorker): void {
    if (worker !== this.#worker) return;
    if ("crashed" in message) return this.#crash(worker, message.crashed);
    const open = this.#open.get(message.id);
    if (!open) return this.#drop(worker, message);
    if ("progress" in message) return open.onProgress?.(message.progress);
    if ("tile" in message) return open.onTile ? open.onTile(message.tile) : message.tile.bitmap.close();
    this.#open.delete(message.id);
    if ("error" in message) open.reject(new CallError(message.error.code, message.error.message));
    else open.resolve(message.result);
  }

  #drop(worker: WorkerLike, message: Exclude<FromWorker, { crashed: string }>): void {
    const call = this.#dropped.get(message.id);
    if (!call) return;
    if ("tile" in message) return message.tile.bitmap.close();
    if ("progress" in message) return;
    this.#dropped.delete(message.id);
    if ("error" in message) return;
    if (message.result instanceof ImageBitmap) return message.result.close();
    const undo = UNDO[call];
    if (undo) worker.postMessage(undo(message.result as never));
  }

  /** `detail`: null if the worker was lost. */
  #crash(worker: WorkerLike, detail: string | null): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    worker.terminate();
    this.#dropped.clear();
    const open = [...this.#open.values()];
    this.#open.clear();
    if (detail === null) this.onLost();
    else this.onCrash(detail);
    for (const call of open) call.reject(new CallError("engine-crashed", detail ?? ""));
  }
}

function aborted(): CallError {
  return new CallError("aborted", "");
}
