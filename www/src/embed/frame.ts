/** The playground's side of `protocol.ts`: does what the page around asks for, and tells it what happens. */

import type { Playground } from "../app/playground";
import { report } from "../app/report";
import { formatSettings } from "../app/settings";
import { CallError, codeOf, messageOf } from "../protocol";
import { queryOf } from "./address";
import { type Calls, type Events, type FromFrame, isMessage, type ToFrame, target, VERSION } from "./protocol";

type Unversioned<T> = T extends unknown ? Omit<T, "unetPlayground"> : never;

export class Frame {
  #playground: Playground;
  #parent: Window;
  /** The page that answered the greeting. */
  #origin: string | null = null;
  #told = { settings: "", notice: "", results: "", fraction: -1 };

  constructor(playground: Playground, parent: Window) {
    this.#playground = playground;
    this.#parent = parent;
    window.addEventListener("message", this.#hear);
    playground.addEventListener("change", this.#changed);
    this.#post({ hello: true }, "*");
  }

  #hear = async ({ source, origin, data }: MessageEvent<unknown>): Promise<void> => {
    if (source !== this.#parent || !isMessage(data)) return;
    this.#origin ??= origin;
    if (origin !== this.#origin) return;
    const message = data as ToFrame;
    if (message.call === "hello") {
      this.#tell("ready", { task: this.#playground.state.task.id });
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
    switch (message.call) {
      case "hello":
        return null;
      case "run":
        await playground.run();
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
        await playground.openFiles(message.args);
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
    if (this.#origin === null) return; // nobody has answered who could be told
    const { state } = this.#playground;
    const { activity, notice, results, task, chosen } = state;
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
    const done = results.length > 0 && results.every(({ status }) => status === "done" || status === "failed");
    if (activity !== null || !done) return;
    const figures = results.map(({ id, status, size, milliseconds, scores }) => ({
      method: id,
      status,
      width: size?.width ?? null,
      height: size?.height ?? null,
      milliseconds,
      psnr: scores?.psnr ?? null,
      ssim: scores?.ssim ?? null,
    }));
    const told = JSON.stringify([task.id, chosen, figures, settings]);
    if (told === this.#told.results) return;
    this.#told.results = told;
    this.#tell("result", { task: task.id, chosen, results: figures });
  };

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
