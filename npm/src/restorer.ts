/** `restore`: pictures in, pictures out, in a worker that starts with the first call. */

import { Connection } from "./connection.js";
import { RestoreError } from "./errors.js";
import { choose, createModels, type Models } from "./models.js";
import type { Platform, WorkerLike } from "./platform.js";
import type { Job, Made } from "./protocol.js";
import type {
  EngineOptions,
  ModelOptions,
  Restored,
  RestoredTile,
  RestoreOptions,
  Source,
  StreamOptions,
} from "./types.js";

const QUALITY = 0.9;

/** Defaults of a restorer's calls. */
export interface RestorerOptions extends EngineOptions, ModelOptions {
  /** Starts the worker instead of this package, for example if a bundler puts its scripts on another origin. */
  worker?: () => WorkerLike;
}

/** Restores pictures one after another, in its own worker. */
export interface Restore {
  /** Resolves to the restored picture as a file. */
  (source: Source, options?: RestoreOptions): Promise<Restored>;
  /** Yields the parts of the restored picture as they are finished; leaving the loop stops the work. */
  stream(source: Source, options?: StreamOptions): AsyncGenerator<RestoredTile, void, undefined>;
  /** Downloads and loads everything that the first picture needs. */
  preload(options?: StreamOptions): Promise<void>;
  /** Ends the worker and frees its memory. Pending calls reject with `closed`; a later call starts another worker. */
  close(): void;
}

export function createRestorer(platform: Platform, defaults: RestorerOptions = {}): Restore {
  const models = createModels(platform);
  let connection: Connection | null = null;
  /** The running worker; a new one if the last has ended. */
  const connected = () => {
    if (!connection?.alive) connection = new Connection(defaults.worker?.() ?? platform.startWorker());
    return connection;
  };

  /** Sends one job, and rejects at once when aborted, however late the worker notices. */
  async function run(
    source: Source | null,
    given: RestoreOptions,
    rest: Pick<Job, "tiles" | "encode">,
  ): Promise<Made | null> {
    const { signal = new AbortController().signal, ...options } = { ...defaults, ...given };
    signal.throwIfAborted();
    const { backend = "auto", threads = "auto", near = null, view = null, onProgress, onTile } = options;
    const network = await unless(signal, choose(options, models, platform, signal));
    const none = { picture: null, transfer: [] };
    const { picture, transfer } = source === null ? none : await unless(signal, platform.read(source, signal));
    signal.throwIfAborted();
    const job: Job = { picture, ...network, engine: { backend, threads }, near, view, ...rest };
    return connected().run(job, transfer, { signal, onProgress, onTile });
  }

  const restore = async (source: Source, options: RestoreOptions = {}): Promise<Restored> => {
    const { type = "image/png", quality = QUALITY } = options;
    const made = await run(present(source), options, {
      tiles: options.onTile !== undefined,
      encode: { type, quality },
    });
    if (!made) throw new RestoreError("internal", "the worker made nothing of a picture");
    const { bytes, ...told } = made;
    return { blob: new Blob([bytes], { type }), ...told };
  };

  return Object.assign(restore, {
    stream: (source: Source, options: StreamOptions = {}) =>
      streamed((more) => run(present(source), { ...options, ...more }, { tiles: true, encode: null }), options.signal),
    async preload(options: StreamOptions = {}) {
      await run(null, options, { tiles: false, encode: null });
    },
    close() {
      connection?.close(new RestoreError("closed", "the restorer was closed"));
      connection = null;
    },
  });
}

/** An undefined source is a mistake, and must not mean "only preload". */
function present(source: Source): Source {
  if (source === undefined || source === null) throw new RestoreError("unsupported-source", `the picture is ${source}`);
  return source;
}

/** The promise, or a rejection with the signal's reason as soon as it is aborted. */
function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** The tiles that `start` produces, in order, buffered for slow readers. */
async function* streamed(
  start: (more: { signal: AbortSignal; onTile: (tile: RestoredTile) => void }) => Promise<unknown>,
  outer?: AbortSignal,
): AsyncGenerator<RestoredTile, void, undefined> {
  const inner = new AbortController();
  const abort = () => inner.abort(outer?.reason);
  if (outer?.aborted) abort();
  outer?.addEventListener("abort", abort, { once: true });
  const tiles: RestoredTile[] = [];
  let failure: { error: unknown } | null = null;
  let ended = false;
  let wake = () => {};
  const onTile = (tile: RestoredTile) => {
    tiles.push(tile);
    wake();
  };
  const failed = (error: unknown) => {
    failure = { error };
  };
  const running = start({ signal: inner.signal, onTile }).then(() => {}, failed);
  void running.then(() => {
    ended = true;
    wake();
  });
  try {
    while (!ended || tiles.length > 0) {
      if (failure) break;
      const tile = tiles.shift();
      if (tile) yield tile;
      else if (!ended)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    if (failure) throw (failure as { error: unknown }).error;
  } finally {
    outer?.removeEventListener("abort", abort);
    inner.abort();
  }
}

export type { Models };
