/** The playground's side of `protocol.ts`: answers the embedding page's calls, and emits events. */

import type { Playground } from "../app/playground";
import { report } from "../app/report";
import { formatSettings } from "../app/settings";
import { CallError, codeOf, messageOf } from "../protocol";
import { queryOf } from "./address";
import { fileOf } from "./given";
import { type Calls, type Events, type FromFrame, isMessage, type ToFrame, target, VERSION } from "./protocol";

type Unversioned<T> = T extends unknown ? Omit<T, "unetPlayground"> : never;

export class Frame {
  #playground: Playground | null = null;
  #parent: Window;
  /** Whether the playground must not run. */
  #rest: (on: boolean) => void = () => {};
  /** Origin of the page that answered the greeting. */
  #origin: string | null = null;
  #later: ReturnType<typeof setTimeout> | undefined;
  #told = { settings: "", notice: "", results: "", fraction: -1 };

  constructor(parent: Window) {
    this.#parent = parent;
    window.addEventListener("message", this.#hear);
  }

  /** Attaches a playground; views without a photo have none. `rest`: stops or resumes all runs. */
  attach(playground: Playground, rest: (on: boolean) => void): void {
    this.#playground = playground;
    this.#rest = rest;
    playground.addEventListener("change", this.#changed);
  }

  /** The view is visible: from now on the embedding page may call. */
  hello(): void {
    this.#post({ hello: true }, "*");
  }

  #hear = async ({ source, origin, data }: MessageEvent<unknown>): Promise<void> => {
    if (source !== this.#parent || !isMessage(data)) return;
    this.#origin ??= origin;
    if (origin !== this.#origin) return;
    const message = data as ToFrame;
    if (message.call === "hello") {
      this.#tell("ready", { task: this.#playground?.state.task.id ?? "" });
      return this.#changed();
    }
    const { id } = message;
    try {
      this.#send({ id, result: await this.#answer(message) });
    } catch (error) {
      this.#send({ id, error: { code: codeOf(error), message: messageOf(error) } });
    }
  };

  async #answer(message: ToFrame): Promise<Calls[keyof Calls]["result"]> {
    const playground = this.#playground;
    if (message.call === "hello") return null;
    if (!playground) {
      if (message.call === "rest" || message.call === "stop") return null;
      throw new CallError("no-result", "this view has no photo and no results");
    }
    switch (message.call) {
      case "run":
        this.#rest(false);
        await playground.run();
        return null;
      case "rest":
        this.#rest(message.args);
        if (!message.args) await idle(playground);
        return null;
      case "open":
        await playground.open();
        return null;
      case "stop":
        playground.stop();
        return null;
      case "set": {
        const now = new URLSearchParams(formatSettings(playground.state.settings));
        for (const [name, value] of new URLSearchParams(queryOf(message.args))) now.set(name, value);
        await playground.follow(now.toString());
        return null;
      }
      case "load":
        await playground.openFiles(await Promise.all(message.args.map(fileOf)));
        return null;
      case "result": {
        const wanted = message.args;
        if (wanted !== null && !playground.state.results.some(({ id }) => id === wanted)) {
          throw new CallError("no-result", `there is no result of ${wanted}`);
        }
        if (wanted !== null) playground.choose(wanted);
        return playground.keep.png();
      }
      case "report":
        return report(playground.state);
    }
  }

  #changed = (): void => {
    if (this.#origin === null || !this.#playground) return; // nobody has answered the greeting yet
    const { state } = this.#playground;
    const { activity, notice } = state;
    if (activity?.kind === "compute" && Math.abs(activity.fraction - this.#told.fraction) >= 0.05) {
      this.#told.fraction = activity.fraction;
      this.#tell("progress", { fraction: activity.fraction });
    }
    const settings = formatSettings(state.settings);
    if (settings !== this.#told.settings) {
      this.#told.settings = settings;
      this.#tell("change", { settings: Object.fromEntries(new URLSearchParams(settings)) });
    }
    const failed = notice?.message.startsWith("error.") ? notice : null;
    const code = failed?.message.slice("error.".length) ?? "";
    if (failed && code + failed.detail !== this.#told.notice) this.#tell("error", { code, message: failed.detail });
    this.#told.notice = code + (failed?.detail ?? "");
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#playground && this.#results(this.#playground)); // the change may start work
  };

  /** Emits the results once they match the settings. */
  #results({ settled, state }: Playground): void {
    const { results, task, chosen } = state;
    const done = results.length > 0 && results.every(({ status }) => status === "done" || status === "failed");
    if (!settled || !done) return;
    const figures = results.map(({ id, status, size, milliseconds, scores }) => ({
      method: id,
      status,
      width: size?.width ?? null,
      height: size?.height ?? null,
      milliseconds,
      psnr: scores?.psnr ?? null,
      ssim: scores?.ssim ?? null,
    }));
    const told = JSON.stringify([task.id, chosen, figures, formatSettings(state.settings)]);
    if (told === this.#told.results) return;
    this.#told.results = told;
    this.#tell("result", { task: task.id, chosen, results: figures });
  }

  #tell<K extends keyof Events>(event: K, detail: Events[K]): void {
    this.#send({ event, detail } as Unversioned<FromFrame>);
  }

  #send(message: Unversioned<FromFrame>): void {
    if (this.#origin !== null) this.#post(message, target(this.#origin));
  }

  #post(message: Unversioned<FromFrame>, to: string): void {
    this.#parent.postMessage({ unetPlayground: VERSION, ...message }, to);
  }
}

/** Resolves once nothing runs. */
async function idle(playground: Playground): Promise<void> {
  while (!playground.settled) {
    await new Promise((resolve) => playground.addEventListener("change", resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve)); // one piece of work may be followed by another
  }
}
