/** The registry of views: how each is loaded, whether it borrows the playground's photo, and which files it takes. */

import type { Playground } from "./app/playground";
import type { Router, ViewName } from "./app/router";
import type { Client } from "./client";
import { App } from "./elements/app";
import type { Mode } from "./embed/mode";

/** What views are constructed from. */
export interface Parts {
  client: Client;
  /** Another client, with its own worker. */
  fresh(): Client;
  router: Router;
  embed: Mode | null;
  /** The playground, whose photo and settings other views share; created on first use. */
  shared(): Playground;
}

export interface View {
  make(parts: Parts): Promise<ViewElement>;
  /** Whether it uses the playground's photo and engine, so that the playground must rest. */
  borrows: boolean;
  /** Which dropped files it opens itself; all others go to the playground. */
  takes: "anything" | "one photo" | "nothing";
}

export interface ViewElement extends HTMLElement {
  /** Writes the view's state to the address, after the playground's settings have changed. */
  note?(): void;
}

export const VIEW: Readonly<Record<ViewName, View>> = {
  playground: {
    borrows: false,
    takes: "anything",
    async make({ shared, embed }) {
      return Object.assign(new App(), { playground: shared(), embed });
    },
  },
  inspect: {
    borrows: true,
    takes: "anything",
    async make({ client, router, shared }) {
      const [{ Inspector }, { InspectView }] = await Promise.all([
        import("./inspect/inspector"),
        import("./inspect/view"),
      ]);
      return Object.assign(new InspectView(), { inspector: new Inspector(shared(), client), router });
    },
  },
  learn: {
    borrows: true,
    takes: "one photo",
    async make({ client, router, shared }) {
      const [{ Learning }, { LearnView }] = await Promise.all([import("./learn/learning"), import("./learn/view")]);
      return Object.assign(new LearnView(), { learning: new Learning(shared(), client), router });
    },
  },
  lab: {
    borrows: false,
    takes: "nothing",
    async make({ client, router }) {
      const [{ Lab }, { LabView }] = await Promise.all([import("./lab/lab"), import("./lab/view")]);
      return Object.assign(new LabView(), { lab: new Lab(client), router });
    },
  },
  slides: {
    borrows: false,
    takes: "nothing",
    async make({ client, router }) {
      const { SlidesView } = await import("./slides/view");
      return Object.assign(new SlidesView(), { client, router });
    },
  },
  gallery: {
    borrows: false,
    takes: "nothing",
    async make({ fresh, router }) {
      const [{ Measuring }, { GalleryView }] = await Promise.all([
        import("./gallery/measuring"),
        import("./gallery/view"),
      ]);
      return Object.assign(new GalleryView(), { measuring: new Measuring(fresh), router });
    },
  },
};
