import type { LitElement, ReactiveController } from "lit";

/** Closes an element's dialog when the user goes back, and when the element is removed: left open, it could not be shown again. */
export class Leaving implements ReactiveController {
  #host: LitElement;
  #dialog: () => HTMLDialogElement;

  constructor(host: LitElement, dialog: () => HTMLDialogElement) {
    this.#host = host;
    this.#dialog = dialog;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("popstate", this.#leave);
  }

  hostDisconnected(): void {
    window.removeEventListener("popstate", this.#leave);
    this.#leave();
  }

  #leave = (): void => {
    if (this.#host.hasUpdated) this.#dialog().close();
  };
}
