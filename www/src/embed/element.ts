/**
 * `<unet-playground>`: the playground inside another page.
 *
 * A thin element around a frame of the site that serves this script; it needs nothing of the embedding page. Its
 * attributes are the playground's settings; methods and events use `protocol.ts`. docs/embedding.md describes them all.
 *
 * Built as a classic script, because browsers load modules of another origin only from hosts that send CORS headers.
 */

import { ATTRIBUTES, FETCHED, FOLLOWED, frameAddress, LOADED, NATIVE, queryOf } from "./address";
import { holds } from "./expect";
import type { Given } from "./given";
import { type Attributes, type Calls, type Events, type FromFrame, isMessage, VERSION } from "./protocol";
import { enter, leave, type Player } from "./turns";
import { word } from "./words";

/** The script element; a module has to search for it. */
const script = document.currentScript ?? document.querySelector('script[src$="/embed.js"], script[src="embed.js"]');
/** If the script is part of a bundle, the page names the playground's address. */
const named = document.querySelector<HTMLMetaElement>('meta[name="unet-playground"]')?.content;
const beside = script instanceof HTMLScriptElement ? script.src : document.baseURI;
/** The site's folder: the named one, or the folder of this script. */
const { href: BASE, origin: ORIGIN } = new URL(".", new URL(named ?? beside, document.baseURI));
/** Identifies the frames of this page, which may share an engine. */
const PAGE = `unet${Math.random()}`;
/** Milliseconds that a loaded frame may stay silent. */
const SILENCE = 20_000;

// Written compactly, since it is not minified.
const STYLE = `:host{display:block;position:relative;aspect-ratio:4/3;min-height:240px;background:#8882}
:host([hidden]){display:none}
*{position:absolute;inset:0;width:100%;height:100%;border:0;border-radius:inherit}
img{object-fit:cover}
button{background:#0005;color:#fff;font-size:48px}`;

interface Open {
  resolve(result: never): void;
  reject(error: Error): void;
}

const is = (names: readonly string[], name: string): boolean => names.includes(name);

class UnetPlayground extends HTMLElement implements Player {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;

  #frame = document.createElement("iframe");
  #image = document.createElement("img");
  #button = document.createElement("button");
  #open = new Map<number, Open>();
  #nextId = 1;
  #isReady = false;
  /** Whether the frame cannot start. */
  #isRefused = false;
  /** Whether the user or the page has asked for it. */
  #isAsked = false;
  #isSeen = false;
  #waiting: Open[] = [];
  /** The settings that the frame was loaded with, and whether it waits for a photo. */
  #loaded = "";
  #waits = false;
  /** Files of the embedding page that are being transferred to the playground. */
  #brought: Promise<unknown> = Promise.resolve();
  /** Attributes that are being sent to the playground. */
  #following: Promise<null> | null = null;
  #silence = 0;
  /** Target origin of messages to the frame. */
  #to = ORIGIN;
  #near = new IntersectionObserver((entries) => this.#see(entries.at(-1)?.isIntersecting ?? false), {
    rootMargin: "200px",
  });

  constructor() {
    super();
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.#frame.allow = "clipboard-write;fullscreen";
    this.#frame.name = PAGE;
    this.#frame.onload = () => {
      this.#silence = window.setTimeout(
        () => this.#refuse({ code: "no-answer", message: `${BASE} does not answer` }),
        SILENCE,
      );
    };
    this.#button.textContent = "▶";
    this.#button.onclick = () => {
      this.#isAsked = true;
      enter(this);
    };
    this.attachShadow({ mode: "open" }).append(style);
  }

  connectedCallback(): void {
    // Properties that a framework set before this script loaded.
    for (const name of REFLECTED) {
      if (!Object.hasOwn(this, name)) continue;
      const set = this as unknown as Record<string, unknown>;
      const value = set[name];
      delete set[name];
      set[name] = value;
    }
    window.addEventListener("message", this.#hear);
    this.#describe();
    if (this.getAttribute("loading") === "eager") this.#see(true);
    else this.#near.observe(this);
  }

  disconnectedCallback(): void {
    window.removeEventListener("message", this.#hear);
    this.#near.disconnect();
    leave(this);
    this.#forget("removed", true);
    this.#frame.remove();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.isConnected) return;
    this.#describe();
    if (!this.#frame.isConnected) {
      if (name === "autorun") this.#see(this.#isSeen);
    } else if (is(LOADED, name)) {
      this.#forget("reloaded");
      // Replaces the entry: the history belongs to the embedding page.
      this.#frame.contentWindow?.location.replace(this.#address());
    } else if (!this.#isReady)
      return; // handled once it has started
    else if (is(FETCHED, name)) this.#bring(name);
    else if (is(FOLLOWED, name)) this.#follow().catch(this.#fail);
  }

  /** Called on its turn: starts, or resumes when it is in sight again. */
  async play(): Promise<void> {
    this.#load();
    await this.#called();
    await this.#brought;
    await this.#call("rest", false);
  }

  /** Runs what is missing, or everything again; resolves when done. */
  run(): Promise<null> {
    return this.#call("run", null);
  }

  /** Stops the current run. */
  stop(): Promise<null> {
    return this.#call("stop", null);
  }

  /** Sets several attributes at once. */
  set(settings: Attributes): Promise<null> {
    for (const [name, value] of Object.entries(settings)) this.setAttribute(name, value);
    return this.#follow();
  }

  /** Opens a photo, or a network as an ONNX file: a file, an address, or an ImageBitmap. */
  async load(what: Given | string | URL): Promise<null> {
    return this.#call("load", [typeof what === "string" || what instanceof URL ? await fetched(what) : what]);
  }

  /** The result of a method as PNG, by default of the chosen one. */
  result(method: string | null = null): Promise<Blob> {
    return this.#call("result", method);
  }

  /** Settings, scores and model hashes, to reproduce the results. */
  report(): Promise<object> {
    return this.#call("report", null);
  }

  /** Called when it comes near the viewport, or leaves it: nothing runs out of sight. */
  #see(seen: boolean): void {
    this.#isSeen = seen;
    if (!seen) {
      leave(this);
      if (this.#isReady) this.#call("rest", true).catch(() => undefined);
    } else if (this.#isAsked || this.getAttribute("autorun") !== "false") enter(this);
  }

  /** Sends the attributes once, however many change at a time. */
  #follow(): Promise<null> {
    this.#following ??= Promise.resolve().then(() => {
      this.#following = null;
      return this.#call("set", this.#attributes());
    });
    return this.#following;
  }

  #attributes(): Attributes {
    return Object.fromEntries([...this.attributes].map(({ name, value }) => [name, value]));
  }

  #address(): string {
    this.#loaded = queryOf(this.#attributes());
    this.#waits = this.hasAttribute("src");
    return frameAddress(BASE, this.#attributes());
  }

  /** Covers the frame with a poster until it can show something. */
  #describe(): void {
    const [frame, image, button] = [this.#frame, this.#image, this.#button];
    const src = this.getAttribute("poster");
    frame.title = image.alt = this.title || "U-Net Playground";
    button.ariaLabel = `${word("run.run", this.lang || document.documentElement.lang)}: ${frame.title}`;
    const root = this.shadowRoot;
    if (src && !this.#isReady && !this.#isRefused) {
      if (image.getAttribute("src") !== src) image.src = src;
      root?.append(image);
    } else image.remove();
    if (this.getAttribute("autorun") === "false" && !this.#isAsked && !frame.isConnected) root?.append(button);
    else button.remove();
  }

  #load(): void {
    if (this.#frame.isConnected) return;
    this.#frame.src = this.#address();
    this.shadowRoot?.append(this.#frame);
    this.#describe();
  }

  #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    const { contentWindow } = this.#frame;
    if (!contentWindow || source !== contentWindow || !isMessage(data)) return;
    const message = data as FromFrame;
    // A sandboxed frame has an opaque origin. Unless this page's is opaque as well, only its report that it cannot
    // start is accepted.
    const isOpaque = origin === "null";
    if (isOpaque && !this.#isReady && "event" in message && message.event === "error")
      return this.#refuse(message.detail);
    if (origin !== ORIGIN && !(isOpaque && window.origin === "null")) return;
    this.#to = isOpaque ? "*" : origin;
    clearTimeout(this.#silence);
    if ("hello" in message) this.#send("hello", null, 0);
    else if ("event" in message) this.#tell(message.event, message.detail);
    else {
      const open = this.#open.get(message.id);
      this.#open.delete(message.id);
      if ("error" in message)
        open?.reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
      else open?.resolve(message.result as never);
    }
  };

  #tell<K extends keyof Events>(event: K, detail: Events[K]): void {
    if (event === "ready") {
      this.#isReady = true;
      this.#isRefused = false;
      this.#describe();
      this.#brought = this.#bring(...FETCHED);
      if (queryOf(this.#attributes()) !== this.#loaded) this.#follow().catch(this.#fail);
      if (!this.#isSeen) this.#see(false);
      for (const { resolve } of this.#waiting.splice(0)) resolve(null as never);
    }
    this.dispatchEvent(new CustomEvent(event, { detail }));
    const wanted = this.dataset.expect;
    if (event === "result" && wanted && !this.hasAttribute("solved")) {
      const told = holds(wanted, detail as Events["result"]);
      if (told === null) this.#fail(new Error(`data-expect is not understood: ${wanted}`));
      if (!told) return;
      this.setAttribute("solved", "");
      this.dispatchEvent(new CustomEvent("solved", { detail }));
    }
  }

  #fail = (error: Error & { code?: string }): void => {
    this.dispatchEvent(new CustomEvent("error", { detail: { code: error.code ?? "unknown", message: error.message } }));
  };

  /** The frame cannot start: shows why, and rejects what waits for it. */
  #refuse(detail: Events["error"]): void {
    if (this.#isReady) return;
    clearTimeout(this.#silence);
    this.#isRefused = true;
    this.#describe();
    this.#forget(detail.message, true);
    this.dispatchEvent(new CustomEvent("error", { detail }));
  }

  /** Sends the files that attributes name, all at once. If one cannot be fetched, a sample is opened. */
  async #bring(...names: readonly string[]): Promise<unknown> {
    const addresses = names.map((name) => this.getAttribute(name)).filter((address) => address !== null);
    try {
      if (addresses.length === 0) return await (this.#waits && this.#call("open", null));
      return await this.#call("load", await Promise.all(addresses.map(fetched)));
    } catch (error) {
      this.#fail(error as Error);
      return names.length > 1 && this.#waits && this.#call("open", null).catch(this.#fail);
    }
  }

  /** Resolves once the frame listens. */
  #called(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async #call<K extends keyof Calls>(call: K, args: Calls[K]["args"]): Promise<Calls[K]["result"]> {
    this.#load();
    await this.#called();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#send(call, args, id);
    });
  }

  #send<K extends keyof Calls>(call: K, args: Calls[K]["args"], id: number): void {
    this.#frame.contentWindow?.postMessage({ unetPlayground: VERSION, id, call, args }, this.#to);
  }

  /** Rejects all unanswered calls; with `all`, also those that wait for the frame to listen. */
  #forget(why: string, all = false): void {
    this.#isReady = false;
    clearTimeout(this.#silence);
    for (const { reject } of [...this.#open.values(), ...(all ? this.#waiting.splice(0) : [])]) reject(new Error(why));
    this.#open.clear();
  }
}

async function fetched(address: string | URL): Promise<File> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`);
  const name = new URL(response.url).pathname.split("/").pop() || "photo";
  return new File([await response.blob()], decodeURIComponent(name));
}

/** Attributes reflected as properties, except those that every element has. */
const REFLECTED = ATTRIBUTES.filter((name) => !is(NATIVE, name));
for (const name of REFLECTED) {
  const isFlag = name === "lock";
  Object.defineProperty(UnetPlayground.prototype, name, {
    get(this: Element) {
      return isFlag ? this.hasAttribute(name) : (this.getAttribute(name) ?? "");
    },
    set(this: Element, value: unknown) {
      if (value === null || value === undefined || (isFlag && !value)) this.removeAttribute(name);
      else this.setAttribute(name, isFlag ? "" : String(value));
    },
  });
}

// A page may hold several snippets, each with this script.
if (!customElements.get("unet-playground")) customElements.define("unet-playground", UnetPlayground);
